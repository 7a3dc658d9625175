import { hashWord } from "./scan-text.ts";

/** Words so common that a few of them tell a language, by ISO 639-1 code. Only letters, lower case. */
const WORDS: Readonly<Record<string, string>> = {
  en: "the and is of to in what how a for with you are this that it i my your can do does be have has not on at from by an or as we they was were will would which who when where why if there me please write give make get help tell about into than then all each many much between good name thanks hello hi use using explain show find",
  de: "der die das und ist nicht ein eine einen einem einer wie was mit für ich zu du sie wir von auf den dem des im bitte kann kannst auch oder aber warum wer wann wo hat haben sind mein meine dein schreibe hallo danke guten über zwischen nach bei aus wird werden viel gibt mir heute erkläre zum zur",
  fr: "le la les et est une un des que pour dans qui je vous du de tu il elle nous avec sur pas ne ce cette mon ma mes comment quelle quel pourquoi bonjour merci au aux en se peux écris sont plus ou où par son sa ses moi combien font entre faire explique",
  es: "el los las y es una un que para por con cómo qué del en de la se no mi tu su me cuál cuántos cuánto hola gracias está estás son más pero como al lo escribe sobre entre cuando dónde quién hay puede puedes tiene soy eres eso esta este todo hoy",
  it: "il lo gli e è una un che per con come di non sono della del la le i al dei delle si mi ti cosa posso chi ha quale perché ciao grazie oggi scrivi nel nella anche più questo questa tra fare stai sul si quanto",
  pt: "o os as é uma um que para com como não do da em você de e a dos das no na por mais meu minha seu sua qual quais oi olá obrigado obrigada tudo bem está isso esta este faço pode escreva sobre entre porque são eu ao céu hoje noite",
  nl: "de het een en is niet van wat hoe voor met ik dat zijn je op te in die mijn jij we hij ze aan er ook maar waarom wie wanneer waar kan kun bedankt hallo goed naar tussen schrijf deze dit nog heb heeft bij uit om gaat",
  pl: "i w nie na się jest z do to że jak co czy o dla jaka jaki jakie ja ty mój moja cześć dziękuję dzień dobry napisz porównaj są był była ale oraz po przez od który która może mam masz proszę jestem",
  sv: "och är att det en ett i på som för med inte jag du av den vad hur kan har till om från vi hej tack skriv varför var när min mitt ska vill eller men också mår idag mellan förklara",
  da: "og er at det en et i på som for med ikke jeg du af den hvad hvordan kan har til om fra vi hej tak skriv hvorfor hvor hvornår min mit skal vil eller men også mellem jeg dig mig se går",
  no: "og er at det en et i på som for med ikke jeg du av den hva hvordan kan har til om fra vi hei takk skriv hvorfor hvor når min mitt skal vil eller men også mellom meg deg ei går hvilken",
  fi: "ja on ei se että mikä mitä miten kuka missä milloin miksi hei kiitos olen olet ovat oli hän me te he tämä tuo mutta tai kuin myös kun niin kirjoita kuuluu voi voit minun sinun joka jos",
  cs: "a je se na v ve že to z s do o jak co kde kdy proč kdo jsem jsi jsou byl byla ale nebo pro ahoj děkuji napiš které který která jako by po při může máš mám dobrý den není také",
  sk: "a je sa na v vo že to z s do o ako čo kde kedy prečo kto som si sú bol bola ale alebo pre ahoj ďakujem napíš ktoré ktorý ktorá pri môže máš mám dobrý deň nie je tiež",
  hu: "a az és hogy nem is egy van mi ki hol mikor miért hogyan szia köszönöm én te ő ez azt meg de vagy mint ma vagyok írj kérlek lehet volt csak már milyen melyik ezt",
  ro: "și este în de la un o nu cu pe ce cum care pentru din că mai sunt ești eu tu bună salut mulțumesc mă te se ai am dar sau unde când scrie este despre faci fac cât al ale",
  tr: "ve bir bu ne nasıl için ile de da mi mı mu değil ben sen biz o çok daha var yok merhaba teşekkürler neden nerede kim hangi hangisidir olan olarak bugün bana yaz açıkla üzerindeki gibi kadar en nedir",
  vi: "và là của không có cho với các một những được trong này đó tôi bạn gì thế nào xin chào cảm ơn hãy viết hôm nay tại sao khi ở đâu người về làm như",
  id: "dan yang di ke dari ini itu untuk dengan tidak adalah apa bagaimana saya kamu anda halo terima kasih ada bisa akan pada atau juga kabar hari siapa kapan mengapa tulis buat satu dalam",
  lt: "ir yra kad su iš į ne kaip kas kur kada kodėl aš tu jis ji mes labas ačiū bet arba tai buvo apie prie už per nuo iki metų jo jų dėl",
  lv: "un ir ka ar no uz nav kā kas kur kad kāpēc es tu viņš viņa mēs sveiki paldies bet vai tas bija par pie pēc līdz gadu",
  et: "ja on ei et kuidas mis kes kus millal miks mina sina tema meie tere aitäh aga või see oli kui ka ning oma mida",
  hr: "i je u na se da nije za što kako gdje kada zašto tko sam si su bio bila ali ili od s sa ja ti bok hvala koji koja koje može imam napiši ovo također",
  ca: "el la els les i és un una que per amb com no del de al en et em hola gràcies què quin quina són més però on quan escriu avui bon dia aquest aquesta",
};

/** Languages that are told by their words. English first: it wins where nothing else does. */
export const WORD_LANGUAGES: readonly string[] = Object.keys(WORDS);

const BITS = new Map<number, number>();
WORD_LANGUAGES.forEach((language, index) => {
  for (const word of new Set(WORDS[language]?.split(" "))) BITS.set(hashWord(word), (BITS.get(hashWord(word)) ?? 0) | (1 << index));
});

/** Bits of the languages that a word is common in, by its hash: bit i stands for `WORD_LANGUAGES[i]`. */
export function languageBits(hash: number): number {
  return BITS.get(hash) ?? 0;
}

/** Letters beyond a to z and the languages that have them, with how much one of them tells. */
const LETTERS: readonly (readonly [letters: string, languages: string])[] = [
  ["ß", "de"],
  ["äö", "de sv fi et"],
  ["ü", "de hu tr et"],
  ["å", "sv da no"],
  ["øæ", "da no"],
  ["ñ¿¡", "es"],
  ["ãõ", "pt et"],
  ["ç", "fr pt tr ca"],
  ["èùàò", "it fr ca"],
  ["ê", "fr pt vi"],
  ["âî", "fr ro"],
  ["œëï", "fr nl"],
  ["áíóú", "es pt cs sk hu"],
  ["łżźćśńęą", "pl"],
  ["ěřůň", "cs"],
  ["ľĺŕôď", "sk"],
  ["čšž", "cs sk hr lt lv"],
  ["ý", "cs sk"],
  ["őű", "hu"],
  ["șțăşţ", "ro"],
  ["ğış", "tr"],
  ["đơưạảấầậắặẹếềệịọốộớợụứừựỳ", "vi"],
  ["ėįųū", "lt"],
  ["āēīģķļņ", "lv"],
  ["đ", "hr"],
  ["·", "ca"],
];

const LETTER_BITS = new Map<number, number>();
for (const [letters, languages] of LETTERS) {
  const bits = languages.split(" ").reduce((sum, language) => sum | (1 << WORD_LANGUAGES.indexOf(language)), 0);
  for (const letter of letters) LETTER_BITS.set(letter.charCodeAt(0), (LETTER_BITS.get(letter.charCodeAt(0)) ?? 0) | bits);
}

/** Bits of the languages that have a letter beyond a to z. */
export function letterBits(unit: number): number {
  return LETTER_BITS.get(unit) ?? 0;
}
