import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { firstWords, homeModules } from './text/firstWords.ts';
import { recordContracts } from './worker/contracts.ts';
import { serviceWorker } from './worker/plugin.ts';

/** Small parts that pages of all kinds share, the home page too; the large ones come with what uses them. */
const parts =
  /\/useLocation\.js$|web\/ui\/(Avatar|Badge|Checkbox|Chip|DateText|MoneyText|PersonName)\.tsx$|web\/platform\/(page\/PageBar|query\/(QueryError|records)|offline\/(WaitingMark|add)|record\/Sums)|LazyTaskDialog/;
/** The same without what the home page does not have: what shows and edits the fields of a record. */
const fieldParts =
  /\/(useMutation|mutationObserver)\.js$|web\/ui\/saveText|web\/ui\/(?!Combobox|ConfirmDialog|Menu|MultiSelect|NumberInput|Popover|Select|Tabs)[A-Z]\w+\.tsx$|web\/ui\/useDebounced|web\/platform\/(page\/FormShell|record\/(FieldFacts|FieldValue))/;

const webFolder = fileURLToPath(new URL('.', import.meta.url));
const rootFolder = fileURLToPath(new URL('..', import.meta.url));

/** The icons of the pages in a folder, as lucide calls their files. */
function iconsIn(files: readonly string[]): Set<string> {
  const sources = files.map((file) => readFileSync(`${webFolder}${file}`, 'utf8')).join('\n');
  const names = [...sources.matchAll(/import \{([^}]*)\} from 'lucide-react'/g)].flatMap(([, list]) =>
    list!.split(','),
  );
  const kebab = (name: string) => name.trim().replace(/(?<=[a-z])(?=[A-Z\d])/g, '-').toLowerCase(); // biome-ignore format: one line
  return new Set(names.map(kebab));
}

const isOfSettings = (file: string) =>
  /^(modules\/settings\/(?!manifest)|(app|platform)\/settings\/|modules\/sales\/(pipeline|currency|scoring|settings))/.test(
    file,
  );
const sources = globSync('**/*.{ts,tsx}', { cwd: webFolder, exclude: ['dist/**'] });
const iconsOfOthers = iconsIn(sources.filter((file) => !isOfSettings(file)));
/** A third of the icons: nobody else waits for them. */
const onlyInSettings = [...iconsIn(sources.filter(isOfSettings))].filter((icon) => !iconsOfOthers.has(icon));
const iconsOfSettings = new RegExp(`lucide-react/dist/esm/icons/(${onlyInSettings.join('|')})\\.mjs$`);
const iconsOfHome = iconsIn(homeModules(rootFolder).map((file) => file.replace(/^web\//, '')));
const otherIcon = new RegExp(`lucide-react/dist/esm/icons/(?!(${[...iconsOfHome].join('|')})\\.mjs$)`);
const isIconOfHome = (id: string) => id.includes('lucide-react/dist/esm/icons/') && !otherIcon.test(id);

const recordsOf = (id: string) => `records-${/modules\/(\w+)\//.exec(id)?.[1] ?? 'tests'}`;

/**
 * What is needed together comes in one piece, with all it needs in turn: a list came in fifty, six of which a browser
 * fetches at a time. A module goes into the first group that wants it, so that none of the first ones brings what
 * belongs to a later one.
 */
const groups = [
  { name: 'first', tags: ['$initial' as const] },
  { name: 'settings-icons', test: iconsOfSettings },
  // Its icons too: records that share one with the home page would wait for all of that.
  { name: 'parts', test: (id: string) => parts.test(id) || isIconOfHome(id) },
  { name: 'fields', test: (id: string) => fieldParts.test(id) || otherIcon.test(id) },
  // What a product says of its record types, beside its manifest: with the first list or record.
  {
    name: recordsOf,
    debugName: 'records',
    test: /web\/modules\/\w+\/[\w-]+\/(definition|fields|options)\.ts$|^\0record-contract:/,
  },
  // What waits for this waits in some browsers for one more piece.
  { name: 'time', test: /web\/ui\/temporal\.ts$/ },
  { name: 'sign-in', test: /modules\/identity\/SignInPage/ },
  { name: 'identity', test: /modules\/identity\/\w+Page/ },
  // Also what a record shows: a list does not wait for the rest of the home page.
  { name: 'tasks', test: /modules\/directory\/task\/TaskRow/ },
  { name: 'home', test: /app\/home\/HomePage|modules\/\w+\/home\/home/ },
  { name: 'list', test: /web\/platform\/record\/RecordListPage|web\/ui\/table\// },
  {
    name: 'record',
    test: /web\/platform\/record\/(RecordPanel|RecordPage|RecordFormDialog|InlineEditor|SelectionActions|sheet|view|filter)/,
  },
  { name: 'related', test: /web\/platform\/record\/RecordRelated|directory\/task\/OpenTasks/ },
  { name: 'chart', test: /web\/ui\/chart\.ts$/ },
  // The tabs of households and accounts, which share most of their parts.
  {
    name: 'wealth',
    test: /web\/modules\/wealth\/(account|household|legal-entity|security|figures)\/(?!LineChart)\w+\.tsx$/,
  },
].map((group, at, all) => ({ ...group, priority: all.length - at }));

export default defineConfig({
  root: webFolder,
  plugins: [recordContracts(), firstWords(rootFolder, parts), react(), tailwindcss(), serviceWorker()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // A data: URI would need its own allowance in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What the first load may weigh a test of its own holds; whoever starts the program has no use for a warning.
    chunkSizeWarningLimit: 700,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: process.env.HOLDFAST_API ?? 'http://localhost:3000' } },
  },
});
