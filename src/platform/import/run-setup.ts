import type { Database } from '../../kernel/database/database.ts';
import type { FileStore } from '../../kernel/files/file-store.ts';
import { sealableFields } from '../../kernel/resource/personal.ts';
import { type Actor, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { tenantCurrency } from '../../kernel/tenancy/currency.ts';
import type { RelationMatches } from './contract.ts';
import { isCustomReference } from './custom-cells.ts';
import type { LoaderOptions } from './file-loader.ts';
import { impliedColumns } from './implied.ts';
import { importOwner } from './import-owner.ts';
import type { Load, LoadRow } from './load.ts';
import { fieldGone, isExport, type MappingInUse } from './mapping-in-use.ts';
import type { NamedRecord } from './match.ts';
import { callerZone, findFiles, findImport, generatedColumns, type ImportFileRow, type ImportRow } from './queries.ts';
import type { Row } from './read.ts';
import { Relations } from './relations.ts';
import { rowReader } from './row-reader.ts';
import { phone_keys_column, type StagePlan } from './staging.ts';
import { Statistics } from './statistics.ts';
import { FileTally } from './tally.ts';
import { columnsOf, type Defaults, type ImportTarget, isConverted, type TargetField } from './target.ts';
import { tenantTargets } from './tenant-targets.ts';

const pretended_max = 50_000;
const id_field = 'holdfast_id';

export interface RunOptions {
  db: Database;
  store: FileStore;
  tenant_id: string;
  import_id: string;
  /** Who started it; null for the command line. */
  user_id: string | null;
  /** The API key with which they did. */
  key_id?: string | null;
  targets: readonly ImportTarget[];
  /** Classify and count, write nothing. */
  dry: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: { file: string; rows_done: number; bytes_read: number; size_bytes: number }) => void;
}

/** What all files of a run have in common. */
export interface Run extends RunOptions {
  row: ImportRow;
  files: ImportFileRow[];
  actor: Actor;
  currency: string;
  /** Of whoever started it. */
  time_zone: string;
  given: Defaults;
  /** By resource: records that a dry run would have made, for the files that name them. */
  pretended: Map<string, NamedRecord[]>;
  /** What else it would have made, such as the stages of deals. */
  pretendedOthers: Load['pretended'];
  statistics: Statistics;
}

/** `actor`: in whose name; by default whoever started it. */
export async function beginRun(options: RunOptions, actor?: Actor): Promise<Run> {
  const { db, tenant_id, import_id, user_id } = options;
  const begun = await withContext(
    db,
    { ...systemActor(tenant_id), user_id: actor?.user_id ?? user_id },
    async (ctx) => {
      const row = await findImport(ctx, import_id);
      if (!row) throw new Error('There is no such import');
      const files = await findFiles(ctx, import_id);
      const currency = row.options.currency ?? (await tenantCurrency(ctx));
      return { row, files, currency, time_zone: await callerZone(ctx) };
    },
  );
  const { row, currency } = begun;
  const owner: Actor = actor ?? { ...systemActor(tenant_id), user_id, rights: row.rights };
  const given = { currency, owner_id: row.created_by };
  // Of fields that not everybody sees, those that the owner does.
  const reader = row.rights.fields ? owner : systemActor(tenant_id);
  const targets = await withContext(db, reader, (ctx) => tenantTargets(ctx, options.targets), { mode: 'read' });
  return {
    ...options,
    ...begun,
    targets,
    actor: owner,
    given,
    pretended: new Map(),
    pretendedOthers: new Map(),
    statistics: new Statistics(db, tenant_id),
  };
}

/** How one file of a run is read and goes into its table. */
export interface FileSetup {
  target: ImportTarget;
  /** Mapped fields that name records of the same kind, and all the others. */
  own: TargetField[];
  others: TargetField[];
  plan: StagePlan;
  read: (row: Row) => LoadRow;
  tally: FileTally;
}

/** `namesRecords`: somebody said of rows which records they are about. */
export async function setUpFile(run: Run, mapping: MappingInUse, namesRecords: boolean): Promise<FileSetup> {
  const target = run.targets.find(({ resource }) => resource === mapping.resource)!;
  const gone = mapping.columns.find(({ field }) => !target.fields.some(({ name }) => name === field));
  if (gone) throw fieldGone(gone.column);
  const mapped = target.fields.filter(({ name }) => mapping.columns.some(({ field }) => field === name));
  const isOwn = ({ reference }: TargetField) => reference?.resource === target.resource;
  const others = mapped.filter((field) => !isOwn(field));
  const plan = await stagePlan(run, target, others, mapping, namesRecords);
  const tally = new FileTally(mapping.names);
  return { target, own: mapped.filter(isOwn), others, plan, read: reader(run, target, mapping, tally), tally };
}

export const loaderBase = (
  run: Run,
  file: ImportFileRow,
  target: ImportTarget,
): Omit<LoaderOptions, 'plan' | 'relations' | 'position' | 'counts' | 'tally' | 'changed' | 'isFixed'> => ({
  db: run.db,
  importOwner: () => importOwner(run, target, run.row.options),
  import_id: run.import_id,
  dry: run.dry,
  file_id: file.id,
  options: run.row.options,
  given: run.given,
  pretended: run.pretendedOthers,
  registerDryRunRecord: (row) => registerDryRunRecord(run.pretended, target, row),
});

async function stagePlan(
  run: Run,
  target: ImportTarget,
  fields: TargetField[],
  mapping: MappingInUse,
  namesRecords: boolean,
): Promise<StagePlan> {
  const { db, actor, row, given } = run;
  const { columns } = mapping;
  const implied = impliedColumns(target, mapping).columns;
  const generated = await withContext(db, actor, (ctx) => generatedColumns(ctx, target.contract.table), {
    mode: 'read',
  });
  // What was exported here says all of a record; any other file knows a part.
  const addsToLists = !isExport(columns) || isConverted(mapping.names, run.targets);
  const defaults = target.defaults(given);
  const keys = target.keys
    .filter(
      ({ from }) =>
        (namesRecords && from.includes(id_field)) || from.some((name) => fields.some((field) => field.name === name)),
    )
    .map((key) => (key.isShared && row.options.same_email === 'one_person' ? { ...key, isShared: false } : key));
  const money = fields.some(({ type }) => type === 'money') ? ['currency'] : [];
  const mapped = [...new Set([...fields.flatMap((field) => [...columnsOf(field)]), ...money, ...implied])];
  const updated = mapped.filter((column) => column !== 'id' && !generated.includes(column));
  const inserted = [...new Set(['id', ...updated, ...Object.keys(defaults)])];
  const compared = [
    ...keys.flatMap(({ columns, isShared, within = [] }) => [
      ...columns,
      ...within,
      ...((isShared && target.sharing?.columns) || []),
    ]),
    ...(target.alike ? [target.alike.column] : []),
  ];
  const looksUpPhones = keys.some(({ columns }) => columns.includes('phone'));
  const staged = [...new Set([...inserted, ...compared, ...(looksUpPhones ? [phone_keys_column] : [])])];
  const headers = new Map(
    columns.flatMap(({ column, field: name }) => {
      const field = fields.find((each) => each.name === name);
      return field ? [name, ...columnsOf(field)].map((filled) => [filled, column] as const) : [];
    }),
  );
  return {
    target,
    staged,
    inserted,
    updated,
    headers,
    defaults,
    sealed: fields.flatMap(({ name, mask }) => (mask ? [name] : [])),
    personal: sealableFields(target.contract).filter((column) => updated.includes(column)),
    keys,
    options: row.options,
    linking: false,
    implied,
    addsToLists,
  };
}

/** `before`: what an earlier attempt has reported of the file. */
export function relationsOf(
  run: Run,
  fields: TargetField[],
  mapping: MappingInUse,
  before: readonly RelationMatches[] = [],
): Promise<Relations> {
  const { given, pretended } = run;
  const referring = fields.filter((field) => field.reference || isCustomReference(field));
  const options = { options: run.row.options, given, pretended, before };
  return withContext(run.db, run.actor, (ctx) => Relations.open({ ctx }, referring, mapping, run.targets, options), {
    mode: 'read',
  });
}

function reader(run: Run, target: ImportTarget, mapping: MappingInUse, tally: FileTally): FileSetup['read'] {
  const read = withSecrets(target, mapping, rowReader(target, mapping, run.row.options, run, tally));
  const known = new Set(target.fields.map(({ name }) => name));
  const custom = mapping.columns
    .map(({ field }) => field)
    .filter((field) => field.startsWith('custom.') && known.has(field));
  if (custom.length === 0) return read;
  const referring = new Set(target.fields.filter(isCustomReference).map(({ name }) => name));
  const clears = run.row.options.blank_cells === 'clear';
  return (row: Row) => {
    const made = read(row);
    const isCleared = (field: string) => clears && !made.unmapped.includes(field);
    const entries = custom.filter((field) => (made.values[field] === null ? isCleared(field) : !referring.has(field)));
    const pairs = entries.map(
      (field) => `${JSON.stringify(field.slice('custom.'.length))}:${made.values[field] ?? 'null'}`,
    );
    made.values.custom = `{${pairs.join(',')}}`;
    return made;
  };
}

/** Takes the values of sealed fields out of what goes into the stage. */
function withSecrets(target: ImportTarget, { columns }: MappingInUse, read: FileSetup['read']): FileSetup['read'] {
  const sealed = target.fields.filter(({ name, mask }) => mask && columns.some(({ field }) => field === name));
  if (sealed.length === 0) return read;
  return (row: Row) => {
    const made = read(row);
    made.secrets = Object.fromEntries(sealed.map(({ name }) => [name, made.values[name] ?? null]));
    for (const { name } of sealed) made.values[name] = null;
    return made;
  };
}

/** What a dry run would have made, for the files after it that name it. */
function registerDryRunRecord(
  pretended: Run['pretended'],
  { resource, namedBy }: ImportTarget,
  { id, values }: LoadRow,
): void {
  const names = pretended.get(resource) ?? [];
  pretended.set(resource, names);
  if (names.length >= pretended_max) return;
  for (const name of new Set(namedBy.map((column) => values[column]))) if (name) names.push({ name, record: id });
}
