import { seededRandom } from "../seeded-random.ts";
import { type Answer, fitScale } from "./fit-scale.ts";

describe("fitting the scale of difficulty", () => {
  it("finds the scale behind the answers", () => {
    const random = seededRandom(5);
    const answers = Array.from({ length: 400 }, (_, index): Answer => {
      const choice = index % 2 === 0;
      const strength = index % 4 < 2 ? 0.85 : 0.6;
      const gap = random() * 0.6;
      const margin = Math.log(strength / (1 - strength)) - (choice ? -1 + 4 * gap : -2 + 6 * gap);
      return { gap, choice, strength, quality: 1 / (1 + Math.exp(-0.9 * margin)), weight: 1 };
    });
    const { discrimination, choice, free } = fitScale(answers);
    expect(Math.abs(discrimination - 0.9)).toBeLessThan(0.05);
    expect(Math.abs(choice.start + 1)).toBeLessThan(0.2);
    expect(Math.abs(free.slope - 6)).toBeLessThan(0.5);
  });
});
