// Makes a real call through the mesh, whole and streamed, and holds the answers against what a client expects.
const { GATEWAY, MODEL } = process.env;
// Room for a model that thinks before it speaks.
const question = { model: MODEL, max_tokens: 2048, messages: [{ role: "user", content: "Say hello." }] };

const whole = await (await ask(question)).json();
check(whole.object === "chat.completion", "an answer is no chat completion", whole);
check(text(whole.choices?.[0]?.message?.content), "an answer has no text", whole);
check(whole.usage?.prompt_tokens > 0 && whole.usage?.completion_tokens > 0, "an answer has no usage", whole);
console.log(`answered by ${whole.model}`);

const events = (await (await ask({ ...question, stream: true })).text())
  .split("\n")
  .filter((line) => line.startsWith("data: "))
  .map((line) => line.slice("data: ".length));
check(events.at(-1) === "[DONE]", "a stream does not end with its mark", events.at(-1));
const streamed = events.slice(0, -1).map((event) => JSON.parse(event));
check(text(streamed.map((event) => event.choices?.[0]?.delta?.content ?? "").join("")), "a stream has no text", streamed);
check(streamed.some((event) => event.choices?.[0]?.finish_reason), "a stream has no finish reason", streamed);
console.log(`streamed in ${streamed.length} events`);

/** The answer to a request; one that is refused ends the test. */
async function ask(body) {
  const response = await fetch(`${GATEWAY}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok) check(false, `the gateway answered ${response.status}`, await response.text());
  return response;
}

/** Whether something is a text that says anything. */
function text(value) {
  return typeof value === "string" && value.trim() !== "";
}

function check(holds, problem, seen) {
  if (holds) return;
  console.error(`${problem}: ${JSON.stringify(seen)}`);
  process.exit(1);
}
