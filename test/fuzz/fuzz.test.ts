import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import { startTestApp, type TestApp } from '../harness/app.ts';
import { Caller, tableOfProperty } from './caller.ts';
import { Contract, type Operation, operationsOf, type Received, uuid } from './check.ts';
import type { Schema } from './generate.ts';
import { type Kind, kinds, type Request, requests } from './request.ts';

/**
 * Calls every operation of the API document as two tenants, with requests that fit it and such that do not, and holds
 * every answer against the document. HOLDFAST_FUZZ_SEED repeats a run, HOLDFAST_FUZZ_SECONDS lets it run at least so
 * long.
 */
const seed = Number(process.env.HOLDFAST_FUZZ_SEED ?? randomInt(2 ** 31));
const seconds_min = Number(process.env.HOLDFAST_FUZZ_SECONDS ?? 0);
/** Counted and not timed, so that a busy machine proves no less. */
const rounds_min = 2 * kinds.length;
const rounds_max = 1_000;
const findings_shown_max = 40;
/**
 * Of the operations, so many are answered as they should be at least once in the first rounds; else the requests do not
 * reach far enough.
 */
const share_answered_min = 0.6;

/** Would end what the others need: the features of the workspace. */
const left_out = new Set(['patchTenantFeatures']);

let app: TestApp;
let owner: pg.Client;
let callers: [Caller, Caller];

before(async () => {
  app = await startTestApp({
    HOLDFAST_ROLE: 'web',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '100000000',
    RATE_LIMIT_CALLER_PER_MINUTE: '100000000',
  });
  owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query('set role holdfast_system');
  callers = [
    new Caller(app, await app.tenant('fuzz-one'), 'Zwiebelkuchen'),
    new Caller(app, await app.tenant('fuzz-two'), 'Quittengelee'),
  ];
  for (const caller of callers) await caller.start(owner);
});
after(async () => {
  await owner.end();
  await app.stop();
});

test(`no request finds a server error or an answer that the API document does not describe (seed ${seed})`, async () => {
  const document = (await app.client()('GET', '/api/openapi.json')).body;
  const components = document.components.schemas as Record<string, Schema>;
  const contract = new Contract(components);
  const operations = operationsOf(document).filter(({ operationId }) => !left_out.has(operationId));
  const answered = new Set<string>();
  const findings = new Map<string, string>();
  const until = Date.now() + seconds_min * 1_000;
  let sent = 0;
  for (let round = 0; round < rounds_max && (round < rounds_min || Date.now() < until); round++) {
    for (const [at, operation] of operations.entries()) {
      if (round >= rounds_min && Date.now() >= until) break;
      const kind = kinds[round % kinds.length]!;
      const [caller, other] = (round + at) % 2 ? callers : (callers.toReversed() as [Caller, Caller]);
      const [request] = fc.sample(requests(operation, kind, sourcesFor(operation, caller, other, components, round)), {
        seed: seed + round * 10_007 + at,
        numRuns: 1,
      }) as [Request];
      const answer = await caller
        .send(operation.method, request.url, request.headers, request.body)
        .catch((error: Error) => error);
      sent++;
      if (answer instanceof Error) {
        findings.set(`${operation.operationId} no answer`, `${operation.method} ${request.url}: ${answer.message}`);
        continue;
      }
      if (answer.status < 300) answered.add(operation.operationId);
      for (const what of judge(contract, operation, kind, request, answer, caller, other))
        findings.set(`${operation.operationId} ${what.slice(0, 60)}`, described(operation, request, answer, what));
      await follow(operation, caller, answer);
    }
    await refusesOtherMethods(operations, findings);
  }
  console.log(
    `fuzz: seed ${seed}, ${sent} requests, ${answered.size} of ${operations.length} operations answered well`,
  );
  if (process.env.HOLDFAST_FUZZ_VERBOSE)
    console.log(
      operations
        .filter(({ operationId }) => !answered.has(operationId))
        .map(({ operationId }) => operationId)
        .join(' '),
    );
  assert.deepEqual(
    [...findings.values()].slice(0, findings_shown_max),
    [],
    `run again with HOLDFAST_FUZZ_SEED=${seed}`,
  );
  assert.ok(
    answered.size >= operations.length * share_answered_min,
    `only ${answered.size} operations were answered well`,
  );
});

function sourcesFor(
  operation: Operation,
  caller: Caller,
  other: Caller,
  components: Record<string, Schema>,
  round: number,
) {
  // Every third round names what is the other tenant's.
  const whose = round % 3 === 2 ? other : caller;
  return {
    components,
    idsFor: (property: string) => whose.ids.get(tableOfProperty(property, operation.path))?.slice(-8) ?? [],
  };
}

function judge(
  contract: Contract,
  operation: Operation,
  kind: Kind,
  request: Request,
  answer: Received,
  caller: Caller,
  other: Caller,
): string[] {
  const sent = `${decodeURIComponent(request.url.replaceAll(/%(?![0-9a-f]{2})/gi, ''))} ${request.body}`;
  for (const [id] of sent.matchAll(uuid)) caller.said.add(id);
  const found = contract.violations(operation, answer, sent, {
    ids: other.known.difference(caller.said),
    word: other.word,
  });
  if (kind === 'body' && answer.status < 300 && operation.body && 'value' in request) {
    const misfit = contract.misfit(
      `${operation.operationId} request`,
      operation.body,
      JSON.parse(JSON.stringify(request.value)),
    );
    if (misfit) found.push(`took a body that does not fit: ${misfit}`);
  }
  return found;
}

/** Takes up the ids of what was made, and signs in again after an operation that signs out. */
async function follow(operation: Operation, caller: Caller, answer: Received): Promise<void> {
  // Other refusals with 401, as of a link made for somebody else, leave the session as it is.
  if (answer.status === 401 && answer.text.includes('"not_signed_in"')) await caller.signIn();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json');
  if (isJson && answer.status < 300 && answer.text !== '') caller.learnFrom(operation.path, answer.text);
}

async function refusesOtherMethods(operations: readonly Operation[], findings: Map<string, string>): Promise<void> {
  const paths = Map.groupBy(operations, ({ path }) => path);
  for (const [path, own] of [...paths].slice(0, 5)) {
    const method = ['PUT', 'DELETE', 'PATCH', 'POST'].find((one) =>
      own.every((operation) => operation.method !== one),
    )!;
    const { status, headers } = await callers[0].send(method, path.replaceAll(/\{\w+\}/g, 'x'), {}, undefined);
    if (status !== 405 || !own.every((operation) => headers.get('allow')?.includes(operation.method)))
      findings.set(`${method} ${path}`, `${method} ${path} answered ${status}, Allow: ${headers.get('allow')}`);
  }
}

const described = (operation: Operation, request: Request, answer: Received, what: string): string =>
  [
    `${operation.method} ${operation.path}: ${what}`,
    `  sent ${request.url.slice(0, 300)} ${JSON.stringify(request.headers)}`,
    `  body ${typeof request.body === 'string' ? request.body.slice(0, 600) : (request.body?.constructor.name ?? 'none')}`,
    `  answered ${answer.status} ${answer.text.slice(0, 300)}`,
  ].join('\n');
