import { randomUUID } from 'node:crypto';
import { scopeOf } from '../../../kernel/access/rights.ts';
import { type Load, nameKey, pretendedOf, RelationMatcher } from '../../../platform/import/index.ts';
import { pipelines_max } from '../pipeline/contract.ts';
import { stages_max } from '../stage/contract.ts';
import {
  insertPipeline,
  insertStages,
  type KnownStage,
  pipelineNames,
  placeStages,
  type StageToMake,
  stagesOf,
} from './queries.ts';
import { statusOfStage } from './stage-words.ts';

export interface WantedStage {
  pipeline: string | null;
  /** Null: wherever deals begin. */
  stage: string | null;
}

export const stageKey = ({ pipeline, stage }: WantedStage): string => JSON.stringify([pipeline, stage]);

const pipeline_name = 'Sales';
/** At most so many stages come with a new pipeline beside those of its file. */
const usual_endings_max = 3;

/** How far along a sale is, by words that stages of most teams have. */
const progress = [
  'prospect',
  'lead',
  'new',
  'contact',
  'qualif',
  'engag',
  'meeting',
  'demo',
  'propos',
  'quot',
  'negot',
  'contract',
  'commit',
];

/** Ambiguous: what could be the name of more than one stage, or of more than one pipeline. */
type NamedStage = KnownStage | { ambiguous: string };
/** Too many: what is not made, because no more are taken. */
export type FoundStage = NamedStage | { too_many: 'stages' | 'pipelines' };

/** The stages that rows name. What is missing is made, in a pipeline that has most of the others or in a new one. */
export async function findStages(load: Load, wanted: WantedStage[]): Promise<Map<string, FoundStage>> {
  const known = await knownStages(load);
  const found = new Map<string, FoundStage>();
  for (const [pipeline, group] of Map.groupBy(wanted, (want) => want.pipeline)) {
    const names = group.flatMap(({ stage }) => (stage ? [stage] : []));
    const home = homeOf(known, pipeline, names);
    if (typeof home === 'object') {
      for (const want of group) found.set(stageKey(want), home);
      continue;
    }
    const there = known.filter((stage) => stage.pipeline_id === home);
    const isThere = stageFinder(there);
    const missing = names.filter((name) => isThere(name) === undefined);
    const answer = missing.length > 0 ? await makeStages(load, known, home, pipeline, missing) : [];
    const made = Array.isArray(answer) ? answer : [];
    known.push(...made);
    if (load.dry) pretendedStages(load).push(...made);
    const stages = [...there, ...made];
    const find = stageFinder(stages);
    for (const want of group) {
      const stage = want.stage ? find(want.stage) : stages.find(({ kind }) => kind === 'open');
      if (stage) found.set(stageKey(want), stage);
      else if (!Array.isArray(answer)) found.set(stageKey(want), answer);
    }
  }
  return found;
}

const pretendedStages = (load: Load) => pretendedOf<KnownStage>(load, 'stage');

/** The stages that are there, and in a dry run those that it would have made. */
export const knownStages = async (load: Load): Promise<KnownStage[]> => [
  ...(await stagesOf(load.ctx)),
  ...pretendedStages(load),
];

/** Finds the stages of one pipeline by their names. */
export function stageFinder(stages: readonly KnownStage[]): (name: string) => NamedStage | undefined {
  const matcher = new RelationMatcher(stages.map((stage) => ({ name: stage.name, record: stage })));
  return (name) => {
    const match = matcher.match(name);
    if (match.kind === 'ambiguous') return { ambiguous: name };
    return 'record' in match ? match.record : undefined;
  };
}

/**
 * The pipeline that is named; without a name the one with most of these stages, where Won and Lost alone decide
 * nothing.
 */
function homeOf(
  known: KnownStage[],
  pipeline: string | null,
  names: string[],
): string | { ambiguous: string } | undefined {
  if (pipeline !== null) {
    const pipelines = new Map(known.map((stage) => [stage.pipeline_id, stage.pipeline]));
    const match = new RelationMatcher([...pipelines].map(([record, name]) => ({ name, record }))).match(pipeline);
    if (match.kind === 'ambiguous') return { ambiguous: pipeline };
    return 'record' in match ? match.record : undefined;
  }
  const open = names.filter((name) => statusOfStage(name) === 'open').map(nameKey);
  if (open.length === 0) return known[0]?.pipeline_id;
  const hits = Map.groupBy(
    known.filter(({ name }) => open.includes(nameKey(name))),
    ({ pipeline_id }) => pipeline_id,
  );
  return [...hits].sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

/**
 * Returns the stages that are new, with those that a new pipeline needs besides; or of what there would be too many.
 */
async function makeStages(
  { ctx, dry, import_id }: Load,
  known: KnownStage[],
  home: string | undefined,
  name: string | null,
  missing: string[],
): Promise<KnownStage[] | { too_many: 'stages' | 'pipelines' }> {
  if (scopeOf(ctx.actor.rights, 'pipeline', 'create') === 'none') return [];
  const there = known.filter((stage) => stage.pipeline_id === home);
  const pipeline_id = home ?? randomUUID();
  // A check has not written the pipelines that it has made so far.
  const taken = home ? [] : [...known.map((stage) => stage.pipeline), ...(await pipelineNames(ctx))];
  if (!home && new Set(taken).size >= pipelines_max) return { too_many: 'pipelines' };
  if (there.length + new Set(missing.map(nameKey)).size + (home ? 0 : usual_endings_max) > stages_max)
    return { too_many: 'stages' };
  const pipeline = home ? there[0]!.pipeline : unused(name ?? pipeline_name, taken);
  // A pipeline that this import has made is put in order again by whatever turns up further down the file.
  const mine = there.filter((stage) => stage.import_id === import_id);
  const whole = mine.length === there.length ? mine : [];
  const ordered = inOrder([...whole.map((stage) => stage.name), ...missing]);
  const open = ordered.filter(({ kind }) => kind === 'open').length;
  const placed = ordered.map(({ name, kind }, at) => ({
    id: whole.find((stage) => stage.name === name)?.id ?? randomUUID(),
    import_id,
    pipeline_id,
    pipeline,
    name,
    kind,
    probability_percent: kind === 'won' ? 100 : kind === 'lost' ? 0 : Math.round((100 * (at + 1)) / (open + 1)),
    position: there.length - whole.length + at + 1,
  }));
  const isThere = ({ id }: { id: string }) => whole.some((stage) => stage.id === id);
  const named = placed.filter((stage) => !isThere(stage));
  const usual = home ? [] : endings(named).map((stage) => ({ ...stage, import_id, pipeline_id, pipeline }));
  const made = [...named, ...usual];
  if (dry) return made;
  if (!home) await insertPipeline(ctx, { id: pipeline_id, name: pipeline, import_id });
  await insertStages(ctx, made, import_id);
  await placeStages(ctx, placed.filter(isThere));
  return made;
}

/** Open stages as a sale goes on, then won, then lost. */
function inOrder(names: string[]): { name: string; kind: KnownStage['kind'] }[] {
  const unique = [...new Map(names.map((name) => [nameKey(name), name])).values()];
  const rank = (name: string): number => {
    const kind = statusOfStage(name);
    if (kind !== 'open') return kind === 'won' ? 1_000 : 1_001;
    const at = progress.findIndex((word) => nameKey(name).includes(word));
    return at === -1 ? progress.length : at;
  };
  return unique.sort((a, b) => rank(a) - rank(b)).map((name) => ({ name, kind: statusOfStage(name) }));
}

/** A pipeline keeps at least one stage of each kind, whatever the file happened to have. */
function endings(made: StageToMake[]): Omit<StageToMake, 'pipeline_id'>[] {
  const usual = [
    { name: 'Open', kind: 'open', probability_percent: 50 },
    { name: 'Won', kind: 'won', probability_percent: 100 },
    { name: 'Lost', kind: 'lost', probability_percent: 0 },
  ] as const;
  return usual
    .filter(({ kind }) => !made.some((stage) => stage.kind === kind))
    .map((stage, at) => ({ ...stage, id: randomUUID(), position: made.length + at + 1 }));
}

function unused(name: string, names: string[]): string {
  const taken = new Set(names.map(nameKey));
  let free = name;
  for (let number = 2; taken.has(nameKey(free)); number++) free = `${name} ${number}`;
  return free;
}
