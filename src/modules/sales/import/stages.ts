import { randomUUID } from 'node:crypto';
import { scopeOf } from '../../../kernel/access/rights.ts';
import { type Load, normalise } from '../../directory/import/index.ts';
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

export const stageKey = ({ pipeline, stage }: WantedStage): string =>
  `${normalise(pipeline ?? '')}/${normalise(stage ?? '')}`;

const pipeline_name = 'Sales';

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

/** The stages that rows name. What is missing is made, in a pipeline that has most of the others or in a new one. */
export async function findStages(load: Load, wanted: WantedStage[]): Promise<Map<string, KnownStage>> {
  const known = await stagesOf(load.ctx);
  const found = new Map<string, KnownStage>();
  for (const [pipeline, group] of Map.groupBy(wanted, ({ pipeline }) => normalise(pipeline ?? ''))) {
    const names = group.flatMap(({ stage }) => (stage ? [stage] : []));
    const home = homeOf(known, pipeline, names);
    const there = known.filter((stage) => stage.pipeline_id === home);
    const missing = names.filter((name) => !there.some((stage) => normalise(stage.name) === normalise(name)));
    const stages =
      missing.length > 0 ? [...there, ...(await makeStages(load, home, group[0]!.pipeline, there, missing))] : there;
    for (const want of group) {
      const stage = want.stage
        ? stages.find(({ name }) => normalise(name) === normalise(want.stage!))
        : stages.find(({ kind }) => kind === 'open');
      if (stage) found.set(stageKey(want), stage);
    }
  }
  return found;
}

/** The pipeline that is named; without a name the one with most of these stages, where Won and Lost alone decide nothing. */
function homeOf(known: KnownStage[], pipeline: string, names: string[]): string | undefined {
  if (pipeline !== '') return known.find((stage) => normalise(stage.pipeline) === pipeline)?.pipeline_id;
  const open = names.filter((name) => statusOfStage(name) === 'open').map(normalise);
  if (open.length === 0) return known[0]?.pipeline_id;
  const hits = Map.groupBy(
    known.filter(({ name }) => open.includes(normalise(name))),
    ({ pipeline_id }) => pipeline_id,
  );
  return [...hits].sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

async function makeStages(
  { ctx, dry, import_id }: Load,
  home: string | undefined,
  name: string | null,
  there: KnownStage[],
  missing: string[],
): Promise<KnownStage[]> {
  if (scopeOf(ctx.actor.rights, 'pipeline', 'create') === 'none') return [];
  const pipeline_id = home ?? randomUUID();
  const pipeline = name ?? pipeline_name;
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
  const made = placed.filter((stage) => !isThere(stage));
  if (dry) return made;
  if (!home)
    await insertPipeline(ctx, { id: pipeline_id, name: unused(pipeline, await pipelineNames(ctx)), import_id });
  await insertStages(ctx, home ? made : [...made, ...endings(made, pipeline_id)], import_id);
  await placeStages(ctx, placed.filter(isThere));
  return made;
}

/** Open stages as a sale goes on, then won, then lost. */
function inOrder(names: string[]): { name: string; kind: KnownStage['kind'] }[] {
  const unique = [...new Map(names.map((name) => [normalise(name), name])).values()];
  const rank = (name: string): number => {
    const kind = statusOfStage(name);
    if (kind !== 'open') return kind === 'won' ? 1_000 : 1_001;
    const at = progress.findIndex((word) => normalise(name).includes(word));
    return at === -1 ? progress.length : at;
  };
  return unique
    .sort((a, b) => rank(a) - rank(b))
    .map((name) => ({ name: name.slice(0, 100), kind: statusOfStage(name) }));
}

/** A pipeline keeps at least one stage of each kind, whatever the file happened to have. */
function endings(made: StageToMake[], pipeline_id: string): StageToMake[] {
  const usual = [
    { name: 'Open', kind: 'open', probability_percent: 50 },
    { name: 'Won', kind: 'won', probability_percent: 100 },
    { name: 'Lost', kind: 'lost', probability_percent: 0 },
  ] as const;
  return usual
    .filter(({ kind }) => !made.some((stage) => stage.kind === kind))
    .map((stage, at) => ({ ...stage, id: randomUUID(), pipeline_id, position: made.length + at + 1 }));
}

function unused(name: string, taken: string[]): string {
  let free = name;
  for (let number = 2; taken.includes(free); number++) free = `${name} ${number}`;
  return free;
}
