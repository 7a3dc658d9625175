import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { createAdapterOpenai } from "./service.ts";
import { createAdapterAnthropic } from "../../adapter-anthropic/src/service.ts";
import { createAdapterGoogle } from "../../adapter-google/src/service.ts";
const url = `http://127.0.0.1:${process.argv[2]}`;
const all: [string, any][] = [["gpt-4o", createAdapterOpenai({...testConfig(url), organization:"",project:""}, testDependencies())],
 ["claude-haiku-4-5", createAdapterAnthropic(testConfig(url), testDependencies())],["gemini-2.5-flash", createAdapterGoogle(testConfig(url), testDependencies())]];
async function measure(n: number, conc: number, f: () => Promise<unknown>) {
  let left = n; const work = async () => { while (left-- > 0) await f(); };
  const c0 = process.cpuUsage(); const t0 = performance.now();
  await Promise.all([...Array(conc)].map(work));
  const c = process.cpuUsage(c0); return `${((c.user + c.system) / n).toFixed(0)} us CPU, ${(n/(performance.now()-t0)*1000).toFixed(0)}/s`;
}
for (const [model, a] of all) {
  const c = adapterClient(a);
  const chat = (text: string) => ({model, messages:[{role:1, parts:[{content:{case:"text" as const,value:{text:"You are helpful. ".repeat(20)}}}]},{role:3, parts:[{content:{case:"text" as const,value:{text: text+"hello there ".repeat(90)}}}]}], maxOutputTokens: 500, temperature: 0.5});
  const u = () => c.chat({chat: chat("")});
  const s = (t: string) => async () => { let n=0; for await (const m of c.chatStream({chat: chat(t)})) n += m.deltas.length; if (n<102) throw new Error("short "+n); };
  await measure(1500, 32, u); 
  console.log(model, "unstreamed", await measure(6000, 32, u));
  await measure(300, 16, s("")); console.log(model, "stream burst", await measure(1500, 16, s("")));
  await measure(100, 16, s("ALONE")); console.log(model, "stream alone", await measure(500, 16, s("ALONE")));
  await a.close();
}
