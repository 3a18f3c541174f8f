import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { AxeResults, RunOptions } from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type ConsoleMessage,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { eventually, type SharedTestApp, sharedTestApp, type TestApp, type TestTenant } from '../harness/app.ts';
import { atEndOfBundle } from '../harness/bundle.ts';
import { type ChromiumKind, findOrInstallChromium } from '../harness/chromium.ts';
import { type Browser as CookieJar, makePerson, signedIn } from '../harness/identity.ts';

const built_page = fileURLToPath(new URL('../../web/dist/index.html', import.meta.url));
export const session_cookie = '__Host-holdfast';
/** As generous as `eventually`, and for the same reason. */
const action_ms_max = 40_000;
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const colours = ['color-contrast', 'link-in-text-block'];
/** But for what the design page shows of it. */
const loading =
  ':is([aria-busy="true"], [role="status"]:is([aria-label^="Loading"], [aria-label$="geladen"])):not([data-shows] *)';
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // As browsers on touch screens have it.
  '--enable-touch-drag-drop',
  // The pages of a context share what they have read and compiled.
  '--process-per-site',
  // A page of a test ends before optimised code pays for having been compiled.
  '--js-flags=--no-maglev,--no-turbofan',
];

export const desktop = { viewport: { width: 1440, height: 900 } };
/** The narrowest phone. */
const narrow = { width: 360, height: 740 };
export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export interface Visit {
  page: Page;
  /** Announces a refusal that belongs to the test; the browser writes each into its console. */
  expectRefusal(status: number): void;
  /** From now on requests may fail for want of a network. */
  expectOffline(): void;
}

export interface Person {
  user_id: string;
  name: string;
  email: string;
  /** The same session as the pages of this person. */
  session: CookieJar;
}

interface World {
  app: SharedTestApp;
  tenant: TestTenant;
  browser: Browser;
  administrator: Person;
  /** Contexts that no test uses at the moment, by what they were made with. */
  free: Map<string, BrowserContext[]>;
}

interface SetUpOptions {
  /**
   * Starts a program of this file's own, for one that changes more than its own workspaces. Without it, the files of a
   * bundle share one.
   */
  start?: () => Promise<TestApp>;
  kind?: ChromiumKind;
}

/** The contexts with the program that the files of a bundle share, by the kind of browser. They end with it. */
const shared_contexts: Record<ChromiumKind, World['free']> = { shell: new Map(), whole: new Map() };

/**
 * For one file of tests: the program, a workspace with an administrator, and a browser. A page fails its test when
 * anything is wrong that a user would not see: an error or a warning in the console, an exception, an answer nobody
 * expected, a breach of the policy.
 */
export function setUp(prepare?: (world: World) => Promise<void>, { start, kind = 'shell' }: SetUpOptions = {}) {
  const world = { free: start ? new Map() : shared_contexts[kind] } as World;
  const person = (name: string, role: string) => signIn(world.app, world.tenant, name, role);
  let own: TestApp | undefined;
  before(async () => {
    assert.ok(existsSync(built_page), 'The page is not built: npm run build:web');
    own = await start?.();
    world.app = own ?? (await sharedTestApp());
    world.tenant = await world.app.tenant();
    world.browser = await sharedBrowser(kind);
    world.administrator = await person('Ada Admin', 'admin');
    await prepare?.(world);
  });
  after(async () => {
    if (!start) return;
    for (const context of [...world.free.values()].flat()) await context.close();
    await own?.stop();
  });
  return Object.assign(world, {
    person,
    /** Makes a record; what is refused fails the test. */
    create: async (path: string, body: object, maker: Person = world.administrator) => {
      const made = await maker.session.send('POST', `/api/v1/${path}`, body);
      assert.equal(made.status, 201, JSON.stringify(made.body));
      return made.body;
    },
    read: async (path: string) => {
      const { status, body } = await world.administrator.session.send('GET', `/api/v1/${path}`);
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    },
    /** A page of someone who is signed in, or of a stranger. */
    visit: (t: TestContext, visitor: Person | null = world.administrator, device: BrowserContextOptions = desktop) =>
      visit(t, world, visitor, device),
  });
}

const shared = new Map<ChromiumKind, Promise<Browser>>();
/** One for all files of a bundle: what a page leaves behind stays in its context. */
function sharedBrowser(kind: ChromiumKind): Promise<Browser> {
  const running = shared.get(kind);
  if (running) return running;
  const launched = launch(kind);
  shared.set(kind, launched);
  atEndOfBundle(async () => (await launched).close());
  return launched;
}

export const launch = (kind?: ChromiumKind) => chromium.launch({ executablePath: findOrInstallChromium(kind), args });

async function visit(
  t: TestContext,
  world: World,
  visitor: Person | null,
  device: BrowserContextOptions,
): Promise<Visit> {
  const { context, giveBack } = await contextFor(world, device);
  if (visitor) await context.addCookies([cookieOf(visitor)]);
  const page = await context.newPage();
  const refusals = new Set<number | string>();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on(
    'console',
    (message) => isFault(message, refusals) && faults.push(`${message.text()} (${message.location().url})`),
  );
  t.after(async () => {
    // Its types do not name it yet.
    if (!(t as TestContext & { passed: boolean }).passed) await tellOf(page);
    await giveBack();
    assert.deepEqual(faults, []);
  });
  return {
    page,
    expectRefusal: (status) => void refusals.add(status),
    expectOffline: () => void refusals.add('net::ERR_INTERNET_DISCONNECTED'),
  };
}

const told_characters_max = 6_000;

/** What stood on a page whose test failed. */
async function tellOf(page: Page): Promise<void> {
  if (page.isClosed()) return;
  const seen = await page.locator('body').ariaSnapshot({ timeout: 5_000 }).catch(String);
  console.log(`At the end there was, at ${page.url()}:\n${seen.slice(0, told_characters_max)}`);
}

/**
 * A context as good as new. Where no worker is installed, the tests of a file use the same ones in turn: a page opened
 * in a new one costs three times as much, for all of it is fetched and compiled again. One page stays in it to keep
 * that, and shows nothing.
 */
async function contextFor({ app, browser, free }: World, device: BrowserContextOptions) {
  const baseURL = app.url.replace('127.0.0.1', 'localhost');
  const make = async () => {
    const context = await browser.newContext({ baseURL, reducedMotion: 'reduce', ...device });
    context.setDefaultTimeout(action_ms_max);
    return context;
  };
  if (device.serviceWorkers === 'allow') {
    const context = await make();
    return { context, giveBack: () => context.close() };
  }
  const key = JSON.stringify(device);
  const kept = free.get(key) ?? [];
  free.set(key, kept);
  let context = kept.pop();
  if (context === undefined) {
    context = await make();
    await withoutWorker(context);
    await (await context.newPage()).goto('/manifest.webmanifest');
  }
  const giveBack = async () => {
    await clear(context, baseURL, device.permissions);
    kept.push(context);
  };
  return { context, giveBack };
}

/** What a test can leave in a context, but for its first page. */
async function clear(context: BrowserContext, origin: string, permissions: string[] = []): Promise<void> {
  const [first, ...others] = context.pages();
  for (const page of others) await page.close();
  await context.setOffline(false);
  await context.clearCookies();
  await context.clearPermissions();
  await context.grantPermissions(permissions);
  const devtools = await context.newCDPSession(first!);
  await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await devtools.detach();
}

/** Spares a test that is not about it to fetch all parts of the page at its first. */
export const withoutWorker = (context: BrowserContext) =>
  context.addInitScript('delete Navigator.prototype.serviceWorker');

/** What makes a browser that person's. */
export const cookieOf = ({ session }: Pick<Person, 'session'>) => sessionCookie(session.cookie() as string);

/** With the token of a session. */
export const sessionCookie = (value: string) => ({
  name: session_cookie,
  value,
  domain: 'localhost',
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'Lax' as const,
});

function isFault(message: ConsoleMessage, refusals: ReadonlySet<number | string>): boolean {
  if (message.type() !== 'error' && message.type() !== 'warning') return false;
  const [, status, failure] = /Failed to load resource: (?:.* status of (\d+)|(net::\w+))/.exec(message.text()) ?? [];
  return !refusals.has(failure ?? Number(status));
}

/** On the page for signing in. */
export async function typePassword(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Somebody with this role, and a session of theirs. */
async function signIn(app: SharedTestApp, tenant: TestTenant, name: string, role: string): Promise<Person> {
  const person = await makePerson(app, tenant, name, role);
  return { ...person, name, session: await signedIn(app, person) };
}

/** A picture of a step, for those who want to look: in the folder that TEST_PICTURES names. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.TEST_PICTURES;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}

export const textOf = async (element: Locator): Promise<string> => (await element.textContent()) ?? '';

/** Pastes what another program put on the clipboard as HTML into what has the focus. */
export const pasteHtml = (page: Page, html: string): Promise<unknown> =>
  page.evaluate(`{
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/html', ${JSON.stringify(html)});
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }`);

/** Opens an address and waits until the page has read what it shows. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await settled(page);
}

/**
 * Goes to another address inside the running page, as its links do, and waits until it has read what it shows. For
 * walks over many pages: starting anew each time, the page and axe are read and compiled again. The walk on a phone
 * does start each page anew.
 */
export async function walkTo(page: Page, path: string): Promise<void> {
  if (page.url() === 'about:blank') return open(page, path);
  await page.evaluate(`__TSR_ROUTER__.navigate({ href: ${JSON.stringify(path)} })`);
  await page.waitForFunction(`__TSR_ROUTER__.state.status === 'idle' && !__TSR_ROUTER__.state.isLoading`);
  await settled(page);
}

/** Nothing is on its way any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1, h2').first().waitFor();
  await page.locator(loading).first().waitFor({ state: 'detached' });
}

/**
 * Waits until what moves or changes its colour once has come to its end: between two themes there is a moment with the
 * contrast of neither.
 */
const standsStill = (page: Page) =>
  page.evaluate(`Promise.allSettled(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity).map((each) => each.finished)).then(() => {})`);

let axe_source: string | undefined;

/** Axe reads the colour of every element behind every text anew. Few of them differ, and one in oklch takes it long. */
const colours_read_once = `{
  const { prototype } = axe.commons.color.Color;
  const { parseString } = prototype;
  const known = new Map();
  prototype.parseString = function (text) {
    if (known.has(text)) return Object.assign(this, known.get(text));
    const { r, g, b, alpha } = parseString.call(this, text);
    known.set(text, { r, g, b, alpha });
    return this;
  };
}`;

/** Puts axe into the page, where an earlier look has not yet. */
async function haveAxe(page: Page): Promise<void> {
  if (await page.evaluate('"axe" in window')) return;
  axe_source ??= readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
  await page.evaluate(axe_source);
  await page.evaluate(colours_read_once);
}

type Look = 'all' | 'colours' | 'contrast' | 'structure';

/** Of what is in order axe then describes one element of a rule, not each. */
const violations_only = { resultTypes: ['violations'] } satisfies RunOptions;
const looks: Record<Look, RunOptions> = {
  all: { ...violations_only, runOnly: standards },
  colours: { ...violations_only, runOnly: colours },
  contrast: { ...violations_only, runOnly: ['color-contrast-enhanced'] },
  structure: {
    ...violations_only,
    runOnly: standards,
    rules: Object.fromEntries(colours.map((rule) => [rule, { enabled: false }])),
  },
};

/**
 * What bars people from using the page as it stands, in words. Themes differ in their colours, sizes of the screen do
 * not.
 */
export async function barriers(page: Page, look: Look = 'all'): Promise<string[]> {
  await standsStill(page);
  await haveAxe(page);
  const { violations } = await page.evaluate<Pick<AxeResults, 'violations'>>(
    `axe.run(${JSON.stringify(looks[look])}).then(({ violations }) => ({ violations }))`,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
  );
}

/**
 * Asserts that nothing bars people from the page as it stands, on a desktop and on a narrow phone, in both themes, and
 * that neither has to be scrolled sideways.
 */
export async function looksRight(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  for (const [size, viewport] of Object.entries({ desktop: desktop.viewport, phone: narrow })) {
    await page.setViewportSize(viewport);
    // A page takes a moment to follow its window.
    const fits = () => page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth');
    await eventually(fits, 3_000).catch(() => assert.fail(`${name}, ${size}: it has to be scrolled sideways`));
    for (const [colorScheme, look] of [
      ['light', 'all'],
      ['dark', 'colours'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-theme="${colorScheme}"]`).waitFor({ state: 'attached' });
      assert.deepEqual(await barriers(page, look), [], `${name}, ${size}, ${colorScheme}`);
      await picture(page, `${name}-${size}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  if (before) await page.setViewportSize(before);
}
