import fc from "fast-check";
import { detectLanguage } from "./detect-language.ts";

describe("telling the language of a text", () => {
  it.each([
    ["en", "Could you check whether the invoice was paid last week?"],
    ["de", "Kannst du mir bitte erklären, wie der Motor funktioniert?"],
    ["fr", "Pouvez-vous me dire où se trouve la gare la plus proche ?"],
    ["es", "¿Podrías decirme dónde está la estación más cercana?"],
    ["it", "Mi puoi dire dove si trova la stazione più vicina?"],
    ["pt", "Você poderia me dizer onde fica a estação mais próxima?"],
    ["nl", "Kun je mij vertellen waar het dichtstbijzijnde station is?"],
    ["pl", "Czy możesz mi powiedzieć, gdzie jest najbliższy dworzec?"],
    ["sv", "Kan du berätta var den närmaste stationen ligger?"],
    ["fi", "Voisitko kertoa, missä lähin asema on?"],
    ["cs", "Můžeš mi říct, kde je nejbližší nádraží?"],
    ["hu", "Meg tudnád mondani, hol van a legközelebbi állomás?"],
    ["ro", "Îmi poți spune unde este cea mai apropiată gară?"],
    ["tr", "Bana en yakın istasyonun nerede olduğunu söyler misin?"],
    ["vi", "Bạn có thể cho tôi biết ga gần nhất ở đâu không?"],
    ["lt", "Ar gali pasakyti, kur yra artimiausia stotis?"],
    ["ru", "Подскажи, пожалуйста, где ближайший вокзал?"],
    ["uk", "Підкажіть, будь ласка, де найближчий вокзал?"],
    ["el", "Μπορείς να μου πεις πού είναι ο σταθμός;"],
    ["ja", "一番近い駅はどこですか"],
    ["zh", "请问最近的火车站在哪里?"],
    ["ko", "가장 가까운 역이 어디에 있나요?"],
    ["ar", "أين تقع أقرب محطة قطار؟"],
    ["fa", "نزدیک‌ترین ایستگاه قطار کجاست؟ چطور بروم؟"],
    ["he", "איפה נמצאת התחנה הקרובה?"],
    ["hi", "सबसे नज़दीकी स्टेशन कहाँ है?"],
    ["gu", "સૌથી નજીકનું સ્ટેશન ક્યાં છે?"],
    ["th", "สถานีที่ใกล้ที่สุดอยู่ที่ไหน"],
    ["", "12345 !!!"],
    ["", ""],
    ["en", "def add(a, b): return a + b  # what is wrong with this code and how can I fix it?"],
    ["ru", "Напиши функцию на Python: def add(a, b): return a + b"],
  ])("finds %j in %j", (language, text) => {
    expect(detectLanguage(text)).toBe(language);
  });

  it("answers with a code or nothing, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => expect(detectLanguage(text)).toMatch(/^([a-z]{2})?$/)),
    );
  });
});
