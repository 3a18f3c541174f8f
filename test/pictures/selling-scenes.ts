import type { Page } from 'playwright-core';
import type { Scene } from './scenes.ts';

/** Dashboards of one's own, and what a stage asks for. */
export const sellingScenes: Scene[] = [
  { name: 'dashboard-own', path: '/dashboard?board=$board' },
  { name: 'dashboard-own-end', path: '/dashboard?board=$board', act: scrollDown, states: ['demo'] },
  { name: 'dashboard-tile-menu', path: '/dashboard?board=$board', act: openTileMenu, states: ['demo'] },
  { name: 'dashboard-tile-edit', path: '/dashboard?board=$board', act: editTile, states: ['demo'] },
  { name: 'dashboard-tile-new', path: '/dashboard?board=$board', act: newTile, states: ['demo', 'empty'] },
  { name: 'dashboard-rename', path: '/dashboard?board=$board', act: fromMenu('Rename or share…'), states: ['demo'] },
  { name: 'dashboard-delete', path: '/dashboard?board=$board', act: fromMenu('Delete this dashboard'), states: ['demo'] },
  { name: 'dashboard-new', path: '/dashboard', act: fromMenu('New dashboard…'), states: ['demo'] },
  { name: 'dashboard-targets', path: '/dashboard', act: fromMenu('Targets…') },
  { name: 'dashboard-target-new', path: '/dashboard', act: newTarget, submit: 'Add target', states: ['demo', 'error'] },
  { name: 'dashboard-mailings', path: '/dashboard', act: fromMenu('Send by e-mail…') },
  { name: 'dashboard-mailing-new', path: '/dashboard', act: newMailing, submit: 'Send by e-mail', states: ['demo', 'error'] },
  { name: 'dashboard-rows-won', path: '/dashboard', act: openRows, states: ['demo'] },
  { name: 'deal-required', path: '/deals/$undecided', act: moveTo('Offer out'), refused: true, states: ['demo'] },
  { name: 'deal-required-wrong', path: '/deals/$undecided', act: sendEmpty, refused: true, states: ['demo'] },
  { name: 'deal-required-products', path: '/deals/$undecided', act: moveTo('Verbal yes'), refused: true, states: ['demo'] },
]; // biome-ignore format: a table

async function scrollDown(page: Page): Promise<void> {
  await page.locator('main section').last().scrollIntoViewIfNeeded();
}

async function openTileMenu(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^More about/ })
    .first()
    .click();
  await page.getByRole('menu').waitFor();
}

async function editTile(page: Page): Promise<void> {
  await openTileMenu(page);
  await page.getByRole('menuitem', { name: 'Edit tile…' }).click();
  await page.getByRole('complementary', { name: 'Edit tile' }).waitFor();
}

async function newTile(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add tile' }).first().click();
  await page.getByRole('complementary', { name: 'New tile' }).waitFor();
}

function fromMenu(name: string) {
  return async (page: Page) => {
    await page.getByRole('button', { name: 'Dashboards' }).click();
    await page.getByRole('menuitem', { name }).click();
    await page.getByRole('dialog').or(page.getByRole('alertdialog')).first().waitFor();
  };
}

async function newTarget(page: Page): Promise<void> {
  await fromMenu('Targets…')(page);
  await page.getByRole('button', { name: 'New target' }).click();
}

async function newMailing(page: Page): Promise<void> {
  await fromMenu('Send by e-mail…')(page);
  await page.getByRole('button', { name: 'Add a person' }).click();
}

async function openRows(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Won value', exact: true }).getByRole('link').first().click();
  await page.getByRole('table').waitFor();
}

function moveTo(stage: string) {
  return async (page: Page) => {
    await page.getByRole('list', { name: 'Stages' }).getByRole('button', { name: stage }).click();
    await page.getByRole('dialog').waitFor();
  };
}

async function sendEmpty(page: Page): Promise<void> {
  await moveTo('Offer out')(page);
  await page.getByRole('button', { name: 'Save and move' }).click();
}
