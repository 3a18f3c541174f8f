/**
 * Statements of a migration whose duration grows with a table while others wait for it. A test database is too small to
 * show that. Who knows that the table stays small says so in the migration: `-- locks TABLE: why that is no harm`.
 */

export interface SlowStatement {
  table: string;
  why: string;
}

const table = String.raw`(?:if exists\s+)?(?:only\s+)?(?:public\.)?"?(\w+)"?`;

/** Each with the table as its first group. */
const patterns: [RegExp, why: string][] = [
  [/^create\s+(?:unique\s+)?index\s+.*?\bon\s+/, 'builds an index while writers wait'],
  [/^alter\s+table\s+/, ''],
  [/^update\s+/, 'changes rows, which stay locked until the commit'],
  [/^delete\s+from\s+/, 'deletes rows, which stay locked until the commit'],
  [/^(?:lock|truncate)\s+(?:table\s+)?/, 'locks the table until the commit'],
  [/^(?:cluster|vacuum\s+full|reindex\s+table)\s+/, 'writes the table anew while everybody waits'],
].map(([begin, why]) => [new RegExp((begin as RegExp).source + table, 's'), why as string]);

/** What an ALTER TABLE does that takes longer the more rows there are. */
const alterations: [RegExp, why: string][] = [
  [
    /\badd\s+(?:constraint\s+\S+\s+)?(?:check|foreign\s+key)\b(?!.*\bnot\s+valid\b)/s,
    'checks all rows while everybody waits (add it NOT VALID)',
  ],
  [
    /\badd\s+(?:constraint\s+\S+\s+)?(?:unique|primary\s+key|exclude)\b(?!\s+using\s+index\b)/s,
    'builds an index while everybody waits',
  ],
  [/\balter\s+(?:column\s+)?\S+\s+(?:set\s+data\s+)?type\b/s, 'writes the table anew while everybody waits'],
  [/\balter\s+(?:column\s+)?\S+\s+set\s+not\s+null\b/s, 'reads all rows while everybody waits'],
  [
    /\badd\s+(?:column\s+)?\S+\s.*\b(?:generated\s+always\s+as\s*\(|default\s+[\w.]+\()/s,
    'writes the table anew while everybody waits',
  ],
  [/\badd\s+(?:column\s+)?(?!constraint\b)\S+\s.*\breferences\b/s, 'checks all rows while everybody waits'],
  [/\bset\s+(?:logged|unlogged|tablespace|access\s+method)\b/s, 'writes the table anew while everybody waits'],
];

/** Statements of SQL in lower case, without comments and without what stands in quotes. */
function statementsOf(text: string): string[] {
  const plain = text
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/\/\*.*?\*\//gs, ' ')
    .replaceAll(/\$(\w*)\$.*?\$\1\$/gs, ' ')
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    .toLowerCase();
  return plain.split(';').map((statement) => statement.trim());
}

/** What a migration does to tables that were there before it, and does not say is harmless. */
export function slowStatements(up: string): SlowStatement[] {
  const statements = statementsOf(up);
  const made = new Set(
    statements.flatMap(
      (statement) => new RegExp(`^create\\s+table\\s+(?:if not exists\\s+)?${table}`).exec(statement)?.[1] ?? [],
    ),
  );
  const harmless = new Set([...up.matchAll(/^-- locks (\w+): \S.*$/gm)].map(([, name]) => name));
  return statements.flatMap((statement) => {
    for (const [pattern, why] of patterns) {
      const name = pattern.exec(statement)?.[1];
      if (!name || made.has(name) || harmless.has(name)) continue;
      const reasons = why ? [why] : alterations.filter(([part]) => part.test(statement)).map(([, reason]) => reason);
      return reasons.map((reason) => ({ table: name, why: reason }));
    }
    return [];
  });
}
