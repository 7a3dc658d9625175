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
    const ofContender = (contender: Contender) => scored[armOf.get(contender.offer) as number] as ArmScore;
    const scoring: Scoring = {
      scores: Float64Array.from(input.contenders, (contender) => ofContender(contender).score),
      isExplored: (contender) => ofContender(contender).exploring,
    };
    return scoring;
  },
};

/** One arm a model at a provider, in the order of their names, so that draws do not depend on the order of targets. */
function armsOf(contenders: readonly Contender[]): { arms: ArmPrior[]; armOf: Map<number, number> } {
  const first = new Map<number, Contender>();
  for (const contender of contenders) {
    const known = first.get(contender.offer);
    if (known === undefined || contender.rank < known.rank) first.set(contender.offer, contender);
  }
  const sorted = [...first.values()].sort((a, b) => a.rank - b.rank);
  const armOf = new Map(sorted.map(({ offer }, place) => [offer, place]));
  const arms = sorted.map(({ target, offered, latencyMs }) => ({
    arm: `${target.provider}/${target.model.model}`,
    quality: offered.quality,
    costNanoUsd: offered.cost,
    latencyMs,
  }));
  return { arms, armOf };
}
