import { LeanResponse } from "@fairlead/adapter-kit/lean-response";
import { Readable } from "node:stream";
const op = Readable.prototype.pause; const or = Readable.prototype.resume; const opush = Readable.prototype.push;
Readable.prototype.pause = function () { if (this.constructor.name==="BodyReadable") console.log("pause", new Error().stack!.split("\n").slice(2,5).join("|")); return op.call(this); };
Readable.prototype.resume = function () { if (this.constructor.name==="BodyReadable") console.log("resume", new Error().stack!.split("\n").slice(2,5).join("|")); return or.call(this); };
Readable.prototype.push = function (c: any, e: any) { const x = opush.call(this, c, e); if (this.constructor.name === "BodyReadable") console.log("push", c?.length, x, (this as any)._readableState.flowing, (this as any)._readableState.length); return x; };
const od = LeanResponse.prototype.drain; 
LeanResponse.prototype.drain = function () { console.log("drain"); od.call(this); };
await import("./_dbg.ts");
