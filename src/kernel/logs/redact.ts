import { LRUCache } from 'lru-cache';

/** Credentials, by the names that requests, libraries and drivers have for them; case and separators do not count. */
const credentialNames = [
  'password',
  'passwd',
  'new_password',
  'current_password',
  'passphrase',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'key',
  'api_key',
  'secret',
  'client_secret',
  'sealed_secret',
  'authorization',
  'proxy_authorization',
  'cookie',
  'cookies',
  'set_cookie',
  'credential',
  'credentials',
  'private_key',
  'session_token',
  'one_time_code',
  'recovery_code',
  'recovery_codes',
  'otp',
  'x_api_key',
  'code_verifier',
  'assertion',
  'sign_in_link',
  'connection_string',
  'parameters',
  'detail',
  'query',
  'internal_query',
  'where',
  'config',
] as const;

export const redacted = '[redacted]';

const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/**
 * In addresses the characters of an e-mail or a phone number may be percent-encoded. A text that has none of the last
 * words cannot match, which is known sooner.
 */
const patterns: readonly [RegExp, string | ((...match: string[]) => string), string[]?][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, redacted, ['-----BEGIN']],
  // The prefix of an API key is public, and says which one it was.
  [/\b(hf_[0-9A-Za-z]{8})_[0-9A-Za-z_]{8,}/g, `$1_${redacted}`, ['hf_']],
  [/\b(Bearer|Basic|Digest)\s+[\w+/=.~-]{6,}/gi, `$1 ${redacted}`],
  [/\b(__(?:Host|Secure)-[\w-]{1,100})=[^;\s"]+/g, `$1=${redacted}`, ['__Host-', '__Secure-']],
  // Not in the middle of a token, whose beginning would stay.
  [
    /(?<![\w-])(?:(?:AKIA|ASIA)[0-9A-Z]{16}\b|xox[abeoprs]-[\w-]{8,}|(?:whsec|sk|rk|pk)_[\w+/=-]{16,}|gh[opsu]_[\w-]{20,})/g,
    redacted,
  ],
  [/(:\/\/)[^/\s@"']{1,500}@/g, `$1${redacted}@`, ['://']],
  [
    /\b((?:[\w-]{0,40}(?:password|passwd|secret|token|api[_-]?key|access[_-]?key))["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"'&;,)}\]]{1,500}/gi,
    `$1${redacted}`,
  ],
  // In its parts, of which the last need not look random.
  [/(?<![\w+-])eyJ[\w-]{8,}(?:\.[\w-]+){1,2}/g, redacted, ['eyJ']],
  [
    /[\p{L}\p{N}.!#$&'*+/=?^_`{|}~-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/giu,
    redacted,
    ['@', '%40'],
  ],
  // Ids and times are no phone numbers, so they are matched first and stay.
  [
    /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b|\b\d{4}-\d\d-\d\dT[\d:.]+Z?|(?<![\w.:/-])(?:(?:\+|%2B|00)[1-9]|\(\+?\d|0[1-9])(?:[\s().\-/]|%20)?(?:\d(?:[\s().\-/]|%20){0,2}){5,16}\d(?![\w])|(?<![\w.:/-])\(?\d{3}\)?[-.\s]\d{3}[-.\s]\d{4}(?![\w-])/gi,
    (match) => (/^[\da-f]{8}-[\da-f]{4}-|^\d{4}-\d\d-\d\dT/i.test(match!) ? match! : redacted),
  ],
  // What is random looks like this; what people name has no capitals, small letters and several digits at once.
  [
    /(?<![A-Za-z0-9_+/-])[A-Za-z0-9_+/-]{20,}={0,2}(?![A-Za-z0-9_+/-])/g,
    (match) => (isRandom(match!) ? redacted : match!),
  ],
  // Last: in the middle of a key or token it would leave what is around it.
  [/\beyJ[\w-]{8,}/g, redacted, ['eyJ']],
];

function isRandom(text: string): boolean {
  if (!/[a-z]/.test(text) || !/[A-Z]/.test(text)) return false;
  // 32 bytes, as sessions, links and keys are; then in general.
  return /^[A-Za-z0-9_+/-]{43}=?$/.test(text) || (!text.includes('/') && (text.match(/\d/g)?.length ?? 0) >= 2);
}

/** Most texts of lines: a word, a status or a short sentence, in which nothing could be hidden. */
const plain = /^[a-z ,:;'()A-Z_-]{0,19}$|^[a-z ,.;'()]*$/;

/** A text without the credentials and contacts of people that stand in it, as far as their form gives them away. */
export function redactText(text: string): string {
  if (plain.test(text) && !/password|secret|token|key|bearer|basic/i.test(text)) return text;
  let out = text;
  for (const [pattern, by, words] of patterns)
    if (!words || words.some((word) => out.includes(word))) out = out.replace(pattern, by as string);
  return out;
}

const known_names_max = 1_000;

/** Names of values that no line shows: those of credentials, and those that contracts declare secret or of a person. */
export class SensitiveNames {
  private readonly names = new Set<string>(credentialNames.map(plainName));
  /** Lines have the same few names again and again. */
  private readonly known = new LRUCache<string, boolean>({
    max: known_names_max,
    memoMethod: (name) => this.names.has(plainName(name)),
  });

  add(names: Iterable<string>): void {
    for (const name of names) this.names.add(plainName(name));
    this.known.clear();
  }

  has(name: string): boolean {
    return this.known.memo(name);
  }
}
