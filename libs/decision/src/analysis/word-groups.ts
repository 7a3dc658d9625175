import { hashWord, type TextScan } from "./scan-text.ts";

/** Words that tell together what a text is about and what it asks for. Singular, lower case. */
const GROUPS = {
  mathematics:
    "equation integral derivative polynomial theorem proof prove matrix vector probability angle triangle circle radius perimeter sum product remainder divisible divided integer prime fraction square cube root function graph slope logarithm sin cos tan frac sqrt mathematical algebra geometry calculus modulo permutation combination rectangle diameter equal solve compute calculate number digit arithmetic sequence converge group ring subgroup kernel isomorphic dimension eigenvalue set",
  quantity:
    "total each every per many much half twice double triple third quarter times more less fewer than left remaining remain altogether difference average percent cost price pay paid spend spent buy bought sell sold earn earned dollar cent money profit discount hour minute day week month year mile km kg gram pound litre liter gallon foot feet inch meter metre dozen pair ratio rate speed age old tall wide long amount combined rest extra",
  code: "function code python javascript java typescript rust golang sql html css php c bash script api class method array string loop variable compile debug regex algorithm implement programming program return import def const void int null true false async query database json xml react node docker kubernetes git linux server client struct pointer exception runtime library framework bug refactor component stack thread boolean pseudocode",
  law: "court defendant plaintiff law legal statute contract liability negligence tort crime criminal convicted trial jury judge evidence testimony attorney lawsuit constitutional constitution amendment property deed landlord tenant murder robbery burglary jurisdiction treaty convention state sovereign rights judgment verdict appeal felony prosecution estate lease buyer seller owner held action sue court's police",
  medicine:
    "patient physician disease syndrome symptom diagnosis treatment therapy clinical blood pressure history examination pain fever infection cancer drug dose mg serum cell tissue artery heart liver kidney lung hospital surgery woman man year old therapy virus muscle nerve bone hormone",
  science:
    "energy force mass velocity acceleration electron atom molecule ion reaction temperature gas acid base wave light electric magnetic charge current voltage circuit frequency wavelength nucleus proton orbit planet star gene dna protein enzyme species population membrane equilibrium mole solution bond oxidation kinetic potential momentum friction pressure",
  economics:
    "price demand supply market inflation interest tax gdp firm monopoly cost curve rate income bank monetary fiscal marginal elasticity consumer unemployment trade export import money output aggregate asset inventory stock bond revenue profit cash account accounting audit financial",
  logic:
    "argument premise conclusion valid invalid counterexample fallacy truth statement implies therefore symbolized logic if then only unless suppose assume either neither nor both all some none must could necessarily scenario following true false logical",
  history:
    "war century king president revolution government political party democracy empire treaty nation social society policy colonial slavery constitution congress states america european british soviet union movement election reform church population country international",
  mind: "behavior psychology psychologist personality memory learning emotion cognitive therapist child parent moral ethics theory according concept belief motivation perception attitude role self identity culture norm",
  reasoning:
    "why explain reason because how determine suppose derive analyze analyse evaluate compare justify infer deduce conclude estimate predict consider assuming given therefore step strategy plan optimize optimise design architecture trade constraint prove verify best optimal minimum maximum vergleiche erkläre beweise begründe analysiere warum compare explique analyse démontre pourquoi analiza compara demuestra confronta spiega explica porównaj wyjaśnij jämför förklara vergelijk сравни объясни докажи почему karşılaştır açıkla 证 比 較 论 析",
  creative:
    "write story poem novel song lyrics character fiction imagine haiku dialogue scene plot creative essay blog post tweet slogan email letter speech joke script headline roleplay pretend fantasy describe vivid narrator protagonist verse rhyme limerick metaphor screenplay captivating compose draft persuasive gedicht geschichte kurzgeschichte märchen dialog poème histoire conte chanson poema cuento historia canción poesia racconto filastrocca verhaal gedichtje wiersz opowiadanie dikt berättelse příběh báseň стихотворение стих рассказ сказка песню thơ truyện hikâye şiir 诗 詩 俳 소",
  smallTalk:
    "hi hello hey thanks thank please you your i my me we am feel feeling today weekend recommend recommendation favorite favourite like love want should tips advice idea ideas friend family help name morning good birthday dinner travel movie book",
  negation: "not no never except least cannot without neither nor false incorrect wrong unlikely none isn doesn don didn aren wasn won can't",
  recall: "what who when where which called known term name named refers defined definition define meaning capital first founded invented discovered born located famous author wrote",
  person: "he she his her him they their woman man boy girl mother father brother sister friend son daughter husband wife student teacher children people person",
  hypothetical: "if would suppose assume assuming could might were had should will unless whether",
  output: "table list json format bullet summary summarize translate rewrite extract classify steps example examples outline sentences words paragraph concise detailed",
  function: "the a an of to in is and that for it as on with by at from be are was this which or have has but its were been",
} as const;

export type WordGroup = keyof typeof GROUPS;
export const WORD_GROUPS = Object.keys(GROUPS) as readonly WordGroup[];

/** Bits of the groups that each word is in, by the hash of the word. */
const BITS = new Map<number, number>();
WORD_GROUPS.forEach((group, index) => {
  for (const word of GROUPS[group].split(" ")) BITS.set(hashWord(word), (BITS.get(hashWord(word)) ?? 0) | (1 << index));
});

/** Bits of the groups that a word of a scan is in: bit i stands for `WORD_GROUPS[i]`. */
export function groupBits(scan: TextScan, word: number): number {
  const bits = BITS.get(scan.words[word] as number);
  if (bits !== undefined) return bits;
  const singular = scan.singulars[word] as number;
  return singular === scan.words[word] ? 0 : (BITS.get(singular) ?? 0);
}
