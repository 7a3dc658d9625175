/** Characters at the start of a text that are looked at. */
export const REFUSAL_HEAD = 300;

const NOT_ABLE = "(?: (?:can'?t|cannot|can not|won'?t|will not|couldn'?t|could not)|(?:'m| am) (?:not (?:able|allowed|permitted|going) to|unable to))";
const ACT =
  "(?:help|assist|provide|comply|fulfil+|generate|create|write|produce|discuss|engage|answer|share|give|support|do (?:that|this|so)|continue|participate|offer|complete|respond|accommodate|teach|show you|tell you)";
const OF_THE_REQUEST =
  "(?:(?:that|this|such|your|these|those) (?:kind |type |sort )?(?:of )?(?:request|content|information|question|material|instructions?|topic|task|prompt|advice|details)|illegal|unlawful|harmful|dangerous|unethical|explicit|hateful|violent|malicious|inappropriate|copyrighted|sexual|self-harm|weapons?|malware)";
const SORRY = "(?:i'?m (?:really |very |so |truly |deeply )?sorry|i am (?:really |very |so |truly |deeply )?sorry|sorry|(?:my )?apologies|i apologi[sz]e|unfortunately|regrettably|i'?m afraid|i am afraid)[,.;:!— -]*(?:but |that )?";
const MACHINE = "(?:as an? (?:[a-z-]+ )?(?:ai|artificial intelligence|(?:large )?language model)[^.!?]{0,50}?[, ]+)";
/** A limit of knowledge or precision is no refusal, and neither is a wish for more to go on. */
const NO_LIMIT = "(?![^.!?]{0,120}\\b(?:precise|exact|definitive|certain|guarantee|without (?:more|further|additional|knowing|seeing|the)|until|unless|(?:didn'?t|don'?t|did not|do not) (?:see|find|have))\\b)";

/**
 * How models begin when they refuse, by language. Each wants an inability or unwillingness of the speaker together with
 * an act of answering; an apology or an inability alone ("I can't help but notice", "Sorry to hear that") is none.
 */
const REFUSALS: readonly RegExp[] = [
  new RegExp(`^(?:${SORRY}|${MACHINE}){1,2}i${NOT_ABLE} ${ACT}\\b(?! but\\b)${NO_LIMIT}`),
  new RegExp(`^i${NOT_ABLE} (?:help|assist)(?: you)?(?: with\\b| in\\b| there|[.!,]|$)${NO_LIMIT}`),
  new RegExp(`^i${NOT_ABLE} (?:comply|fulfil+)\\b`),
  new RegExp(`^i${NOT_ABLE} ${ACT}\\b(?! but\\b)[^.!?]{0,60}\\b${OF_THE_REQUEST}`),
  new RegExp(`^(?:${SORRY})?i (?:must|have to|need to|will have to|'ll have to)? ?(?:respectfully |politely )?(?:decline|refuse)\\b`),
  /^i(?:'m| am) not comfortable (?:with )?(?:creat|writ|help|assist|discuss|provid|generat|answer|shar|engag)/,
  new RegExp(`^(?:that'?s|that is|this is|it'?s|it is) (?:not )?something (?:that )?i(?:${NOT_ABLE}| can| am able to|'m able to) ${ACT}`),
  /^it (?:is|would be|'s) (?:not appropriate|inappropriate|unethical) for me to\b/,
  /^(?:this|that|your) (?:request|content|prompt|question) (?:violates|goes against|is against|may violate|has been (?:blocked|flagged|rejected)|was (?:blocked|flagged|rejected))/,
  // German
  /^(?:(?:es )?tut mir (?:sehr |wirklich )?leid|entschuldigung|entschuldige|leider|ich bedaue?re|als (?:eine? )?(?:ki|sprachmodell)[^,.]{0,40})[,.!:; ]*(?:aber |dass )?(?:(?:ich )?(?:kann|darf|werde)|(?:kann|darf|werde) ich)\b[^.!?]{0,90}?(?:nicht (?:weiter)?helfen|nicht behilflich|nicht unterstützen|nicht beantworten|nicht nachkommen|nicht erfüllen|nicht entsprechen|(?:keine|nicht)[^.!?]{0,50} (?:bereitstellen|erstellen|geben|schreiben|verfassen|anbieten))/,
  /^ich (?:kann|darf|werde) (?:ihnen |dir |euch )?(?:dabei|hierbei|damit|bei (?:dieser|ihrer|deiner) (?:anfrage|bitte)|diese[rn]? (?:anfrage|bitte))[^.!?]{0,30} nicht (?:weiter)?(?:helfen|behilflich|unterstützen|nachkommen|beantworten)/,
  // French
  /^(?:(?:je suis |je regrette|nous sommes )?(?:vraiment |sincèrement )?(?:désolée?|navrée?|regrette)|malheureusement|en tant qu(?:e |')[^,.]{0,40})[,.!; ]*(?:mais )?je ne (?:peux|puis|pourrai|suis) (?:malheureusement )?(?:pas )?(?:en mesure de |autorisée? à |capable de )?(?:vous |t'|te )?(?:aider|assister|répondre à (?:cette|votre|ta)|fournir|créer|générer|écrire|rédiger|satisfaire|donner suite|accéder à (?:cette|votre))/,
  /^je ne (?:peux|puis) pas (?:vous |t'|te )?(?:aider|assister|répondre) (?:avec|à|sur|dans|pour) (?:cela|ça|cette|votre|ta|ce|de telles)/,
  // Spanish
  /^(?:lo siento(?: mucho)?|perdón|perdona|disculp[ae]|lamentablemente|desafortunadamente|lamento|como (?:una? )?(?:modelo de lenguaje|ia|inteligencia artificial)[^,.]{0,40})[,.;! ]*(?:pero )?(?:yo )?no (?:puedo|podré|me es posible|estoy (?:autorizad[oa] (?:a|para)|en condiciones de)) (?:ayudar|asistir|proporcionar|crear|generar|escribir|cumplir|responder a (?:es[ae]|est[ae]|tu|su)|ofrecer|compartir|hacer eso|participar)/,
  /^no puedo (?:ayudar(?:te|le|los)?|asistir(?:te|le)?) (?:con|en) (?:eso|esto|es[ae]|est[ae]|tu|su)/,
  // Italian
  /^(?:mi dispiace|spiacente|sono spiacente|purtroppo|mi scuso|come (?:modello|intelligenza)[^,.]{0,40})[,.; ]*(?:ma )?non (?:posso|potrò|sono in grado di|mi è possibile) (?:aiutar|assister|fornir|crear|generar|scriver|soddisfar|rispondere a quest|condivider)/,
  // Portuguese
  /^(?:(?:me )?desculpe|desculpa|sinto muito|lamento|infelizmente|como (?:um )?(?:modelo|uma ia|ia)[^,.]{0,40})[,.; ]*(?:mas )?(?:eu )?não (?:posso|consigo|poderei|estou autorizad[oa] a) (?:te |o |a |lhe )?(?:ajud|auxili|fornecer|criar|gerar|escrever|atender|responder a ess|cumprir|compartilhar)/,
  // Dutch
  /^(?:het spijt me|sorry|helaas|als (?:een )?(?:ai|taalmodel)[^,.]{0,40})[,.; ]*(?:maar )?(?:ik (?:kan|mag|zal)|(?:kan|mag|zal) ik)\b[^.!?]{0,70}?(?:niet (?:mee )?(?:helpen|assisteren)|niet (?:aan )?voldoen|geen [^.!?]{0,40}(?:geven|verstrekken|schrijven|maken))/,
  // Polish
  /^(?:przepraszam|przykro mi|niestety)[,.; ]*(?:ale )?nie (?:mogę|jestem w stanie) (?:ci |panu |pani |w tym )?(?:pomóc|udzielić|spełnić|stworzyć|wygenerować|napisać|odpowiedzieć na to)/,
  // Russian
  /^(?:извините|простите|прошу прощения|к сожалению|мне (?:очень )?жаль)[,. ]*(?:но )?я? ?(?:не могу|не смогу|не имею возможности|не вправе) (?:вам |тебе |с этим )?(?:помочь|помогать|предоставить|выполнить|создать|написать|ответить на (?:этот|ваш)|обсуждать|участвовать)/,
  /^я не могу (?:вам |тебе )?(?:с этим )?(?:помочь (?:с|в) эт|помочь вам|выполнить (?:этот|ваш)|обсуждать эт)/,
  // Japanese
  /^(?:大変)?(?:申し訳(?:ありません|ございません|ない)|すみません|ごめんなさい|残念ながら|恐れ入りますが)[^。]{0,60}(?:お手伝い|お答え|お応え|対応|提供|回答|作成|支援|協力)[^。]{0,14}(?:できません|できかね|いたしかね|致しかね|することはできません)/,
  // Chinese
  /^(?:很|非常|十分)?(?:抱歉|对不起|對不起|遗憾|遺憾|不好意思)[^。！]{0,24}?(?:无法|無法|不能|不可以)(?:为您|为你|為您|向您|向你|对此|就此)?[^。！]{0,10}?(?:提供|帮助|幫助|协助|協助|回答|完成|满足|滿足|生成|讨论|討論|创作|撰写|继续)/,
  // Korean
  /^(?:정말 |대단히 )?(?:죄송|미안|유감)[^.]{0,70}(?:도와|도움을|제공|답변|응답|작성|지원|수행)[^.]{0,14}(?:없습니다|어렵습니다|않습니다|못합니다)/,
  // Arabic
  /^(?:عذر(?:اً|ًا|ا)|آسف|أعتذر|للأسف|نعتذر)[^.!؟]{0,30}(?:لا أستطيع|لا يمكنني|لن أتمكن من|لا أقدر)[^.!؟]{0,20}(?:المساعدة|مساعدت|تقديم|تنفيذ|الإجابة|إنشاء|كتابة)/,
  // Hindi
  /^(?:मुझे )?(?:माफ़|माफ|क्षमा|खेद)[^।]{0,70}(?:मदद नहीं|सहायता नहीं|नहीं कर सकत|प्रदान नहीं|उत्तर नहीं)/,
];

/**
 * Whether a text begins as the refusal of a model: words of not being able or willing, in thirteen languages, together
 * with what is refused. Only the first 300 characters are looked at, since refusals come first, and speech in quotation
 * marks is a character's and not the model's. Made to miss rather than to take an answer for a refusal.
 */
export function detectRefusal(text: string): boolean {
  const head = text.slice(0, REFUSAL_HEAD).replace(/^[\s*_#>-]+/, "").toLowerCase().replace(/[’‘`´]/g, "'").replace(/\s+/g, " ");
  return REFUSALS.some((refusal) => refusal.test(head));
}
