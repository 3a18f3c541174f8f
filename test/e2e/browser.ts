import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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
import { startTestApp, type TestApp, type TestTenant } from '../harness/app.ts';
import { atEndOfBundle } from '../harness/bundle.ts';
import { findOrInstallChromium } from '../harness/chromium.ts';
import { type Browser as CookieJar, makePerson, signedIn } from '../harness/identity.ts';

export const session_cookie = '__Host-holdfast';
const action_ms_max = 15_000;
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
  app: TestApp;
  tenant: TestTenant;
  browser: Browser;
  administrator: Person;
}

/**
 * For one file of tests: the program, a workspace with an administrator, and a browser. A page fails its test when anything is wrong
 * that a user would not see: an error or a warning in the console, an exception, an answer nobody expected, a breach of the policy.
 */
export function setUp(prepare?: (world: World) => Promise<void>) {
  const world = {} as World;
  const person = (name: string, role: string) => signIn(world.app, world.tenant, name, role);
  before(async () => {
    world.app = await startTestApp();
    world.tenant = await world.app.tenant();
    world.browser = await sharedBrowser();
    world.administrator = await person('Ada Admin', 'admin');
    await prepare?.(world);
  });
  after(async () => {
    await world.app?.stop();
  });
  return Object.assign(world, {
    person,
    /** A page of someone who is signed in, or of a stranger. */
    visit: (t: TestContext, visitor: Person | null = world.administrator, device: BrowserContextOptions = desktop) =>
      visit(t, world, visitor, device),
  });
}

let shared: Promise<Browser> | undefined;
/** One for all files of a bundle: what a page leaves behind stays in its context. */
function sharedBrowser(): Promise<Browser> {
  if (shared === undefined) {
    shared = launch();
    atEndOfBundle(async () => (await shared)?.close());
  }
  return shared;
}

export const launch = () => chromium.launch({ executablePath: findOrInstallChromium(), args });

async function visit(
  t: TestContext,
  { app, browser }: { app: TestApp; browser: Browser },
  visitor: Person | null,
  device: BrowserContextOptions,
): Promise<Visit> {
  const baseURL = app.url.replace('127.0.0.1', 'localhost');
  const context = await browser.newContext({ baseURL, reducedMotion: 'reduce', ...device });
  context.setDefaultTimeout(action_ms_max);
  if (device.serviceWorkers !== 'allow') await withoutWorker(context);
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
    await context.close();
    assert.deepEqual(faults, []);
  });
  return {
    page,
    expectRefusal: (status) => void refusals.add(status),
    expectOffline: () => void refusals.add('net::ERR_INTERNET_DISCONNECTED'),
  };
}

/** Spares a test that is not about it to fetch all parts of the page at its first. */
export const withoutWorker = (context: BrowserContext) =>
  context.addInitScript('delete Navigator.prototype.serviceWorker');

/** What makes a browser that person's. */
export function cookieOf({ session }: Pick<Person, 'session'>) {
  const [name, value] = [session_cookie, session.cookie() as string];
  return {
    name,
    value,
    domain: 'localhost',
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: 'Lax' as const,
  };
}

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
async function signIn(app: TestApp, tenant: TestTenant, name: string, role: string): Promise<Person> {
  const person = await makePerson(app, tenant, name, role);
  return { ...person, name, session: await signedIn(app, person) };
}

/** A picture of a step, for those who want to look: in the folder that TEST_PICTURES names. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.TEST_PICTURES;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}

export const textOf = async (element: Locator): Promise<string> => (await element.textContent()) ?? '';

/** Opens an address and waits until the page has read what it shows. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await settled(page);
}

/**
 * Goes to another address inside the running page, as its links do, and waits until it has read what it shows. For walks over many pages:
 * starting anew each time, the page and axe are read and compiled again. The walk on a phone does start each page anew.
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

/** Waits until what moves or changes its colour once has come to its end: between two themes there is a moment with the contrast of neither. */
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

/** What bars people from using the page as it stands, in words. Themes differ in their colours, sizes of the screen do not. */
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

/** Asserts that nothing bars people from the page as it stands, on a desktop and on a narrow phone, in both themes, and that neither has to be scrolled sideways. */
export async function looksRight(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  for (const [size, viewport] of Object.entries({ desktop: desktop.viewport, phone: narrow })) {
    await page.setViewportSize(viewport);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false, `${name}, ${size}`);
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
