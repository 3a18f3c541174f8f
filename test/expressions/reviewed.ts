/** Expressions that are not linear, each with the longest text it is run on and where that is enforced. */
export interface Bounded {
  file: string;
  pattern: string;
  characters_max: number;
  where: string;
}

const raw = String.raw;

export const bounded: readonly Bounded[] = [
  {
    file: 'src/modules/insight/insights/promises.ts',
    pattern: raw`\b(attached|enclosed|as promised|as discussed,? here|here (is|are)|i('ve| have) sent|we('ve| have) sent|anbei|im anhang|wie versprochen|wie besprochen|habe ich (dir|ihnen)? ?\w* ?(geschickt|gesendet)|erledigt|done)\b`,
    characters_max: 400,
    where: 'sentencesOf: letters_max',
  },
  {
    file: 'src/modules/insight/insights/sentences.ts',
    pattern: raw`(?<=[.!?…])\s+(?=[\p{Lu}\p{N}„“"])|\n{2,}|\n(?=[-*•] )`,
    characters_max: 900,
    where: 'passagesOf: letters_max',
  },
  {
    file: 'src/platform/import/money.ts',
    pattern: raw`^(\(?[-+\u2212]?)\s*(\D*?)\s*([-+\u2212]?[\d.,][\d.,'’\s\u00a0\u202f]*?)\s*([^\d.,\s)]*)\s*(\)?)$`,
    characters_max: 100,
    where: 'splitMoney: amount_characters_max',
  },
  ...[
    raw`^((?:19|20)\d{2})()(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])`,
    raw`^(\d{1,2})(?:\.|st|nd|rd|th)?([-\s]\s*)(\p{L}{3,})\.?,?[-\s]\s*(\d{4}|\d{2})`,
    raw`^(\p{L}{3,})\.?(\s+)(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})`,
  ].map((day) => ({
    file: 'src/platform/import/date.ts',
    pattern: raw`${day}(?:(?:T|,?\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp])?\.?(?:[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$`,
    characters_max: 100,
    where: 'inShape: date_characters_max',
  })),
  ...[raw`^[-+(]?[\d\s.,'’]*\d[\d\s.,'’]*[)%]?$`, raw`^[^\s@]+@[^\s@]+\.[^\s@]+$`].map((pattern) => ({
    file: 'src/platform/import/header.ts',
    pattern,
    characters_max: 500,
    where: 'shortOnly: column_name_characters_max',
  })),
  {
    file: 'src/kernel/identity/password/policy.ts',
    pattern: raw`^[^\p{L}]+|[^\p{L}]+$`,
    characters_max: 4_000,
    where:
      'checked after password_characters_max (200), in the compatibility form, which has at most 18 characters for one',
  },
  ...[
    raw`\b(__(?:Host|Secure)-[\w-]{1,100})=[^;\s"]+`,
    raw`\b((?:[\w-]{0,40}(?:password|passwd|secret|token|api[_-]?key|access[_-]?key))["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"'&;,)}\]]{1,500}`,
    raw`[\p{L}\p{N}.!#$&'*+/=?^_${'`'}{|}~-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}`,
  ].map((pattern) => ({
    file: 'src/kernel/logs/redact.ts',
    pattern,
    characters_max: 10_000,
    where: 'cutText of line.ts; each repetition is bounded, so that no character is looked at without end',
  })),
  {
    file: 'src/kernel/database/embedded/last-words.ts',
    pattern: raw`^(\d{4}-\d\d-\d\d) (\S+) UTC .*?(?:FATAL|PANIC): +(.*)$`,
    characters_max: 65_536,
    where: 'endOf: read_bytes_max, of the log of the embedded PostgreSQL',
  },
  {
    file: 'src/kernel/database/schema.ts',
    pattern: raw`^grant .*? on (\w+) (.*) to (\S+);`,
    characters_max: 10_000,
    where: 'statements of the schema that the migrations of a release make: nobody sends them',
  },
  {
    file: 'web/modules/settings/installation/findings.ts',
    pattern: raw`^((?:.*: )?)(.+) was changed, cut off, moved, or sealed with another key$`,
    characters_max: 4_000,
    where: 'what the installation itself says of a backup, with the name of one file',
  },
  {
    file: 'web/platform/record/sheet/parseCell.ts',
    pattern: raw`^(.*?)[,T\s]+(\d{1,2}):(\d{2})$`,
    characters_max: 100,
    where: 'moment: moment_characters_max',
  },
  ...[
    [
      'web/text/firstWords.ts',
      raw`(?:^|[\s;])(?:import|export)\s(?!type\s)(?:[^'"();]*?\sfrom\s)?['"](\.[^'"]+\.tsx?)['"]`,
    ],
    ['web/text/firstWords.ts', raw`'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|${'`'}((?:[^${'`'}\\$]|\\.)*)${'`'}`],
    ['web/vite.config.ts', raw`import \{([^}]*)\} from 'lucide-react'`],
    ['web/worker/contracts.ts', raw`\/(?:src\/modules|test\/fixtures)\/.+\/contract\.ts$`],
  ].map(([file, pattern]) => ({
    file: file!,
    pattern: pattern!,
    characters_max: 60_000,
    where: 'runs when the page is built, on the sources and the paths of this repository',
  })),
];

/** Expressions that are put together when the program runs, each with one of those that come out. */
export interface ComposedExample {
  file: string;
  written: string;
  example: RegExp;
  /** Of an example that is not linear. */
  bound?: string;
}

export const composedExamples: readonly ComposedExample[] = [
  {
    file: 'src/kernel/contract/decimal.ts',
    written: raw`${'`'}^-?\\d{1,${'$'}{whole}}${'$'}{scale > 0 ? ${'`'}(\\.\\d{1,${'$'}{scale}})?${'`'} : ''}$${'`'}`,
    example: /^-?\d{1,15}(\.\d{1,3})?$/,
  },
  {
    file: 'src/kernel/contract/fields.ts',
    written: raw`${'`'}^\\d{1,${'$'}{digits.whole}}(\\.\\d{1,${'$'}{digits.fraction}})?$${'`'}`,
    example: /^\d{1,15}(\.\d{1,3})?$/,
  },
  {
    file: 'src/kernel/http/allow.ts',
    written: raw`${'`'}^${'$'}{path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$${'`'}`,
    example: /^\/api\/v1\/contacts\/[^/]+\/notes\/[^/]+$/,
  },
  {
    file: 'src/modules/directory/task/recurrence.ts',
    written: raw`${'`'}^${'$'}{item}(,${'$'}{item})*$${'`'}`,
    example: /^[+-]?([1-9]|[12]\d|3[01])(,[+-]?([1-9]|[12]\d|3[01]))*$/,
  },
  {
    file: 'src/operations/alerts/expression.ts',
    written: raw`${'`'}^(?:${'$'}{condition.source})$${'`'}`,
    example: /^(?:error|fatal)$/,
  },
  {
    file: 'src/operations/upgrade/content.ts',
    written: raw`${'`'}\\b${'$'}{table.replaceAll(/\W/g, '\\$&')}\\b${'`'}`,
    example: /\bcontact\b/,
  },
  {
    file: 'src/platform/csv/cell-list.ts',
    written: raw`${'`'}\\s*"((?:[^"]|"")*)"\\s*${'$'}{end}|([^${'$'}{separators}]*)${'$'}{end}${'`'}`,
    example: /\s*"((?:[^"]|"")*)"\s*(?:[;,]|$)|([^;,]*)(?:[;,]|$)/y,
  },
  {
    file: 'src/platform/csv/csv.ts',
    written: raw`${'`'}[${'$'}{delimiter}${'$'}{quote}\r\n]|^ | $${'`'}`,
    example: /[,"\r\n]|^ | $/,
  },
  {
    file: 'src/platform/import/number.ts',
    written: raw`${'`'}^([-+\\u2212]?)(${'$'}{whole})${'$'}{fraction}$|^([-+\\u2212]?)\\${'$'}{decimal}(\\d+)$${'`'}`,
    example:
      /^([-+\u2212]?)(\d{1,3}(?:[ \u00a0\u202f\u2009]\d{2,3})*[ \u00a0\u202f\u2009]\d{3}|\d+)(?:,(\d+))?$|^([-+\u2212]?),(\d+)$/,
  },
  {
    file: 'src/modules/insight/insights/promises.ts',
    written: raw`${'`'}\\b(\\d{1,2})(?:st|nd|rd|th|\\.)?\\s+(?:of\\s+)?(${'$'}{monthPattern})[a-zä]*\\.?(?:\\s+(\\d{4}))?${'`'}`,
    example: /\b(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(jan|feb|mar|mär)[a-zä]*\.?(?:\s+(\d{4}))?/,
    bound: 'a sentence of at most 400 characters: letters_max of sentencesOf',
  },
  {
    file: 'src/modules/insight/insights/promises.ts',
    written: raw`${'`'}\\b(${'$'}{monthPattern})[a-z]*\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?\\b(?:,?\\s+(\\d{4}))?${'`'}`,
    example: /\b(jan|feb|mar|mär)[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(\d{4}))?/,
    bound: 'a sentence of at most 400 characters: letters_max of sentencesOf',
  },
  {
    file: 'src/modules/insight/insights/promises.ts',
    written: raw`${'`'}\\b${'$'}{name}\\b${'`'}`,
    example: /\bfriday\b/,
  },
  {
    file: 'src/platform/xlsx/scan.ts',
    written: raw`${'`'}\\s${'$'}{name}\\s*=\\s*["']([^"']*)["']${'`'}`,
    example: /\s\w+:id\s*=\s*["']([^"']*)["']/,
  },
  {
    file: 'web/text/shapes.ts',
    written: raw`${'`'}^${'$'}{english.split(place).map(literalOrValue).join('')}$${'`'}`,
    example: /^Write at most (.+?) of (.+?) characters$/s,
    bound: 'a sentence that the server wrote, of at most detail_characters_max',
  },
  {
    file: 'web/ui/number.ts',
    written: raw`${'`'}^(\\d*|[1-9]\\d{0,2}(?:${'$'}{group}\\d{3})+)(?:${'$'}{decimal}(\\d*))?$${'`'}`,
    example: /^(\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d*))?$/,
  },
  {
    file: 'web/vite.config.ts',
    written: raw`${'`'}lucide-react/dist/esm/icons/(${'$'}{onlyInSettings.join('|')})\\.mjs$${'`'}`,
    example: /lucide-react\/dist\/esm\/icons\/(gauge|wallet)\.mjs$/,
  },
  {
    file: 'web/vite.config.ts',
    written: raw`${'`'}lucide-react/dist/esm/icons/(?!(${'$'}{[...iconsOfHome].join('|')})\\.mjs$)${'`'}`,
    example: /lucide-react\/dist\/esm\/icons\/(?!(house|search)\.mjs$)/,
  },
];
