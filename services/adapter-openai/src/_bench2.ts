import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { createAdapterOpenai } from "./service.ts";
const url = `http://127.0.0.1:${process.argv[2]}`; const mode = process.argv[3];
const c = adapterClient(createAdapterOpenai({...testConfig(url), organization:"",project:""}, testDependencies()));
const chat = (text: string) => ({model:"gpt-4o", messages:[{role:3, parts:[{content:{case:"text" as const,value:{text: text+"hello there ".repeat(90)}}}]}]});
const conc = Number(process.argv[4]??16), n = Number(process.argv[5]??600);
const go = async (k: number) => { let left=k; const c0=process.cpuUsage(); await Promise.all([...Array(conc)].map(async()=>{ while(left-->0){ let m=0; if (mode==="raw") {} if (mode==="unary") await c.chat({chat: chat("")}); else for await (const x of c.chatStream({chat: chat(mode==="alone"?"ALONE":"")})) m+=x.deltas.length; } })); const d=process.cpuUsage(c0); return [d.user/k, d.system/k]; };
await go(50); console.log(mode, conc, (await go(n)).map(x=>x.toFixed(0)));
process.exit(0);
