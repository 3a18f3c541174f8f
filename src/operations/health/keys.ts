import { type Database, sql } from '../../kernel/database/database.ts';
import { type KnownKey, missingKeys, missingKeysText, readKnownKeys } from '../../kernel/vault/missing-keys.ts';
import type { KeyRing } from '../../kernel/vault/seal.ts';
import { limitsOf, type RuleSetting } from '../alerts/evaluate.ts';
import { ruleByName } from '../alerts/rules.ts';
import type { Finding } from './findings.ts';

const day_seconds = 86_400;
const hour_seconds = 3_600;
const advice = 'docs/operating/keys.md says how keys are given and changed; holdfast keys status says what is left.';

/**
 * Since when, in seconds since 1970, something is sealed with a key that was replaced: data of workspaces, as the
 * database says, or secrets since a newer key of the installation is known. Null: nothing is.
 */
export function rotatingSince(known: readonly KnownKey[], ofWorkspaces: number | null): number | null {
  const newest = known.findLast(({ recorded }) => recorded !== null);
  const isOldNeeded = newest && known.some(({ version, secrets }) => version < newest.version && secrets > 0);
  const moments = [ofWorkspaces, isOldNeeded ? newest.recorded : null].filter((moment) => moment !== null);
  return moments.length > 0 ? Math.min(...moments) : null;
}

/**
 * What there is to say of keys: one that this process lacks, a rotation that does not end, a key that is old. Limits
 * are those of their alerts.
 */
export async function keyFinding(
  db: Pick<Database, 'call'>,
  { keyRing, damaged }: { keyRing: KeyRing; damaged: number },
  now = Date.now() / 1_000,
): Promise<Finding> {
  const [known, rows] = await Promise.all([
    readKnownKeys(db),
    db.call<{ since: number | null; rules: RuleSetting[] }>(
      sql`select extract(epoch from app.rotating_since())::float8 as since, n.rules from app.alerts_now() n`,
    ),
  ]);
  const { since: ofWorkspaces, rules } = rows[0]!;
  const limit = (name: string) => {
    const { enabled, threshold } = limitsOf(
      ruleByName.get(name)!,
      rules.find(({ rule }) => rule === name),
    );
    return enabled ? threshold : Number.POSITIVE_INFINITY;
  };
  const check = 'keys';
  const missing = missingKeys(known, keyRing);
  if (missing.length > 0)
    return {
      check,
      ok: false,
      detail: missingKeysText(missing),
      advice: 'Give it the missing key, in the list of HOLDFAST_KEY beside its others (docs/operating/keys.md).',
    };
  const since = rotatingSince(known, ofWorkspaces);
  const newest = known.findLast(({ recorded }) => recorded !== null);
  const hours = since === null ? 0 : Math.floor((now - since) / hour_seconds);
  const old = newest ? known.filter(({ version, secrets }) => version < newest.version && secrets > 0) : [];
  const age = newest ? now - newest.recorded! : 0;
  const troubles = [
    ...(damaged > 0
      ? [`${damaged} times a sealed value or key did not open since this process began: it was changed or moved`]
      : []),
    ...(since !== null && now - since > limit('HoldfastKeyRotationStalled')
      ? [`A rotation of keys that began ${hours} hours ago has not finished`]
      : []),
    ...(age > limit('HoldfastKeyOld')
      ? [`Key ${newest!.version} of HOLDFAST_KEY is ${Math.floor(age / day_seconds)} days old`]
      : []),
  ];
  const going = old.map(({ version, secrets }) => `${secrets} secrets still need key ${version}`);
  if (since !== null && going.length === 0) going.push('Values are being sealed with new keys');
  return {
    check,
    ok: troubles.length === 0,
    severity: damaged > 0 ? 'page' : 'ticket',
    detail: [...troubles, ...going].join('; ') || 'All keys are here, and nothing needs one that was replaced',
    advice: damaged > 0 ? 'The page Logs says which: look for “A sealed value does not open”.' : advice,
  };
}
