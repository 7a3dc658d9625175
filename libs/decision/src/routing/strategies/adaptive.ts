import type { ArmPrior } from "../../learning/estimate-arms.ts";
import { createLearned } from "../../learning/learned-state.ts";
import { DEFAULT_LEARNING } from "../../learning/learning-options.ts";
import { type ArmScore, scoreArms } from "../../learning/score-arm.ts";
import type { Contender } from "../target.ts";
import { costQualityBalance } from "./cost-quality-balance.ts";
import type { Scoring, Strategy } from "./strategy.ts";

const NOTHING_LEARNED = createLearned();

/** What outcomes have taught about tasks of the same kind, with a small share of requests spent on learning more. */
export const adaptive: Strategy = {
  name: "adaptive",
  because: "has done best by what was learned from outcomes",
  score(input) {
    const { arms, armOf } = armsOf(input.contenders);
    if (arms.length === 0) return costQualityBalance.score(input);
    const scored = scoreArms(input.learned ?? NOTHING_LEARNED, input.analysis, arms, DEFAULT_LEARNING, input.random);
    const scores = new Float64Array(input.contenders.length);
    for (const { place, offer } of input.contenders) scores[place] = (scored[armOf[offer] as number] as ArmScore).score;
    const scoring: Scoring = { scores, isExplored: ({ offer }) => scored[armOf[offer] as number]?.exploring === true };
    return scoring;
  },
};

/** One arm a model at a provider, in the order of their names, so that draws do not depend on the order of targets. */
function armsOf(contenders: readonly Contender[]): { arms: ArmPrior[]; armOf: number[] } {
  const first: (Contender | undefined)[] = [];
  for (const contender of contenders) {
    const known = first[contender.offer];
    if (known === undefined || contender.rank < known.rank) first[contender.offer] = contender;
  }
  const sorted = first.filter((one) => one !== undefined).sort((a, b) => a.rank - b.rank);
  const armOf: number[] = [];
  const arms = sorted.map(({ offer, target, offered, latencyMs }, place): ArmPrior => {
    armOf[offer] = place;
    return { arm: `${target.provider}/${target.model.model}`, quality: offered.quality, costNanoUsd: offered.cost, latencyMs };
  });
  return { arms, armOf };
}
