import { runProgram } from "./program.ts";

const write = (stream: NodeJS.WriteStream) => (text: string) => void stream.write(text);

process.exitCode = await runProgram(process.argv.slice(2), { out: write(process.stdout), error: write(process.stderr) });
