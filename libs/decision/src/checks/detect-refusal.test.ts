import { detectRefusal } from "./detect-refusal.ts";

const REFUSALS = [
  "I'm sorry, but I can't help with that.",
  "I’m sorry, but I can’t assist with that request.",
  "Sorry, I cannot provide instructions for building weapons.",
  "I apologize, but I'm not able to generate that kind of content.",
  "I can't help with that.",
  "I cannot assist you with this.",
  "I won't help you with hacking into someone's account.",
  "I cannot fulfill this request. It goes against my guidelines.",
  "I can't provide that information.",
  "As an AI language model, I cannot provide personal opinions on this.",
  "I am unable to create explicit content.",
  "I'm not comfortable writing that.",
  "I must respectfully decline.",
  "I have to decline to answer this.",
  "Unfortunately, I cannot write that for you.",
  "That's not something I can help with.",
  "It would be unethical for me to explain this.",
  "Your request has been flagged by our policy.",
  "**I'm sorry, but I can't share that.**",
  "Es tut mir leid, aber ich kann dir dabei nicht helfen.",
  "Leider kann ich diese Frage nicht beantworten.",
  "Ich kann Ihnen bei dieser Anfrage leider nicht helfen.",
  "Je suis désolé, mais je ne peux pas vous aider avec cela.",
  "Désolée, je ne peux pas répondre à cette demande.",
  "Lo siento, pero no puedo ayudarte con eso.",
  "Mi dispiace, ma non posso fornire queste informazioni.",
  "Desculpe, mas não posso ajudar com isso.",
  "Het spijt me, maar ik kan je daar niet mee helpen.",
  "Przykro mi, ale nie mogę pomóc w tej sprawie.",
  "Извините, но я не могу помочь с этим.",
  "К сожалению, я не могу выполнить этот запрос.",
  "申し訳ありませんが、そのご要望にはお応えできません。",
  "抱歉，我无法提供这方面的帮助。",
  "对不起，我不能协助完成这个请求。",
  "죄송하지만 그 요청은 도와드릴 수 없습니다.",
  "عذراً، لا يمكنني المساعدة في هذا الطلب.",
  "मुझे खेद है, लेकिन मैं इस अनुरोध में मदद नहीं कर सकता।",
];

const ANSWERS = [
  "",
  "Paris is the capital of France.",
  "I can't help but notice that the second argument is never used.",
  "I cannot recommend this book enough.",
  "I'm sorry to hear that you lost your job. Here is what may help.",
  "Sorry for the confusion! The right answer is 42.",
  "I can't find an error in your code; it compiles and runs.",
  "I'm unable to reproduce the bug with version 2.3.",
  "Unfortunately, the train had already left when she arrived.",
  '"I can\'t help you," she whispered, and shut the door.',
  "“I’m sorry, but I can’t do that, Dave,” said the computer.",
  "I'm sorry, but I can't give a precise figure without more data. Roughly, expect 40 to 50.",
  "I cannot tell you how happy I am to see this.",
  "I couldn't do this without the help of my team, so thank you.",
  "I can help with that! First, open the settings.",
  "I'm not able to attend on Friday. Would Monday suit you?",
  "I won't be late again, I promised her.",
  "We are sorry to inform you that your application was not successful.",
  "Dear customer, I apologize for the delay in our delivery.",
  "Refusal is a right: a person may decline treatment.",
  "That is a matter of three steps.",
  "As an AI researcher, I work on language models.",
  "Es tut mir leid, dass du das erlebt hast.",
  "Leider kann ich in dem Programm keinen Fehler finden.",
  "Ich kann dir dabei helfen. Zuerst öffnest du die Datei.",
  "Je suis désolé pour votre perte.",
  "Malheureusement, le train est déjà parti.",
  "Lo siento mucho por tu pérdida.",
  "No puedo creer que ya sea verano, escribió.",
  "Mi dispiace per il ritardo del treno.",
  "Infelizmente, o museu fecha às segundas.",
  "К сожалению, поезд уже ушёл.",
  "申し訳ありません、駅は反対側です。",
  "抱歉让你久等了，答案是四十二。",
  "죄송합니다, 기차는 이미 떠났습니다.",
];

describe("finding a refusal", () => {
  it.each(REFUSALS)("finds one in: %s", (text) => expect(detectRefusal(text)).toBe(true));

  it.each(ANSWERS)("finds none in: %s", (text) => expect(detectRefusal(text)).toBe(false));

  it("looks at the start of a text only", () => {
    expect(detectRefusal(`${"The treaty was signed in 1648. ".repeat(12)}I'm sorry, but I can't help with that.`)).toBe(false);
    expect(detectRefusal(`\n\n  > I can't help with that.`)).toBe(true);
  });

  it("takes no long time for any text", () => {
    const started = performance.now();
    for (const piece of ["i'm sorry ", "unfortunately, ", "leider kann ich ", "désolé, ", "申し訳ありません", " ".repeat(50)]) detectRefusal(piece.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(500);
  });
});
