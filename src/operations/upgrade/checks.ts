import type { Config } from '../../kernel/config/config.ts';
import type { Migration } from '../../kernel/database/migrate.ts';
import { type Drift, schemaDrift } from '../../kernel/database/schema.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { type AuditFinding, verifyAudit } from '../audit-verify.ts';
import { type ProofOptions, startsOn } from '../backup/prove.ts';
import { connect } from '../connection.ts';
import { changedTables, readContent, type TableChange, type TableContent, unexpectedChanges } from './content.ts';

export interface UpgradeCheck {
  name: 'schema' | 'content' | 'audit' | 'application' | 'plans';
  passed: boolean;
  /** What was looked at, or what is wrong with it. */
  detail: string;
  seconds: number;
}

/** A database that is migrated while nobody else uses it. */
export interface Target {
  ownerUrl: string;
  /** The address for the application's role. */
  databaseUrl: string;
  /** The address for a role that row-level security does not apply to. */
  superuserUrl: string;
  /** The data directory for the application that is started on it. */
  dir: string;
}

/** How a database was before its migration, for comparison. */
export interface Before {
  drift: Drift;
  content: Map<string, TableContent> | null;
  findings: Set<string>;
}

export interface Application {
  config: Config;
  masterKeys: MasterKeys;
  start: ProofOptions['start'];
}

const named_max = 5;

export async function withClient<R>(
  url: string,
  work: (client: Awaited<ReturnType<typeof connect>>) => Promise<R>,
): Promise<R> {
  const client = await connect(url, 'holdfast-upgrade');
  return work(client).finally(() => client.end());
}

const keyOf = (finding: AuditFinding) => JSON.stringify(finding);

/** Null when the role is held by row-level security: it would see no rows, and find them equal. */
const contentOf = (url: string, columns?: ReadonlyMap<string, TableContent>) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ sees_all: boolean }>(
      'select rolsuper or rolbypassrls as sees_all from pg_roles where rolname = current_user',
    );
    return rows[0]!.sees_all ? readContent(client, columns) : null;
  });

export async function readBefore({ ownerUrl, superuserUrl }: Target): Promise<Before> {
  return {
    drift: await schemaDrift(ownerUrl),
    content: await contentOf(superuserUrl),
    // The release before may lack what this one reads the trail with.
    findings: await verifyAudit(ownerUrl).then(
      ({ findings }) => new Set(findings.map(keyOf)),
      () => new Set<string>(),
    ),
  };
}

const list = (names: readonly string[]) =>
  `${names.slice(0, named_max).join(', ')}${names.length > named_max ? ` and ${names.length - named_max} more` : ''}`;

/**
 * What is missing or different now and was not before. An index that an operator dropped is no fault of the migration.
 */
export function newDrift(before: Drift, after: Drift): string[] {
  return [
    ...after.missing.filter((name) => !before.missing.includes(name)).map((name) => `${name} is missing`),
    ...after.different.filter((name) => !before.different.includes(name)).map((name) => `${name} is different`),
  ];
}

export class Checks {
  readonly list: UpgradeCheck[] = [];
  private readonly say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.say = say;
  }

  /** A check passes with what it says it looked at, and fails with its error. */
  async run(name: UpgradeCheck['name'], look: () => Promise<string>): Promise<void> {
    this.say(`Checking: ${name}`);
    const from = performance.now();
    const [passed, detail] = await look().then(
      (found) => [true, found] as const,
      (error: Error) => [false, error.message] as const,
    );
    this.list.push({ name, passed, detail, seconds: Math.round(performance.now() - from) / 1000 });
  }

  get failed(): UpgradeCheck[] {
    return this.list.filter(({ passed }) => !passed);
  }
}

/** Checks a database after its migration; answers which tables hold something else than before. */
export async function checkMigrated(
  checks: Checks,
  target: Target,
  { before, migrations, application }: { before: Before; migrations: readonly Migration[]; application: Application },
): Promise<TableChange[]> {
  let changes: TableChange[] = [];
  await checks.run('schema', async () => {
    const drift = await schemaDrift(target.ownerUrl);
    const faults = newDrift(before.drift, drift);
    if (faults.length > 0) throw new Error(list(faults));
    const others = drift.missing.length + drift.different.length + drift.unexpected.length;
    return others === 0
      ? 'As this version makes it'
      : `Differences that were there before or are additions: ${others}; holdfast db validate`;
  });
  await checks.run('content', async () => {
    const content = before.content && (await contentOf(target.superuserUrl, before.content));
    if (!before.content || !content) return 'Not compared, because the role is held by row-level security';
    const texts = migrations.map(({ up }) => up);
    changes = changedTables(before.content, content, texts);
    const faults = unexpectedChanges(changes);
    if (faults.length > 0) throw new Error(`Changed beyond what the migrations name: ${list(faults)}`);
    const rows = [...content.values()].reduce((sum, table) => sum + table.rows, 0);
    const same = before.content.size - changes.length;
    return `${rows.toLocaleString('en')} rows; ${same} of ${before.content.size} tables equal by hash`;
  });
  await checks.run('audit', async () => {
    const { findings, events } = await verifyAudit(target.ownerUrl);
    const added = findings.filter((finding) => !before.findings.has(keyOf(finding)));
    if (added[0]) throw new Error(`The audit trail does not verify: ${JSON.stringify(added[0])}`);
    return `${events.toLocaleString('en')} events verify`;
  });
  await checks.run('application', async () => (await startsOn(application, target)).detail);
  return changes;
}
