import type { Page } from 'playwright-core';
import type { Scene } from './scenes.ts';
import { beginningWith, said } from './words.ts';

/** Dashboards of one's own, and what a stage asks for. */
export const sellingScenes: Scene[] = [
  { name: 'dashboard-own', path: '/dashboard?board=$board' },
  { name: 'dashboard-own-end', path: '/dashboard?board=$board', act: scrollDown, states: ['demo'] },
  { name: 'dashboard-tile-menu', path: '/dashboard?board=$board', act: openTileMenu, states: ['demo'] },
  { name: 'dashboard-tile-edit', path: '/dashboard?board=$board', act: editTile, states: ['demo'] },
  { name: 'dashboard-tile-new', path: '/dashboard?board=$board', act: newTile, states: ['demo', 'empty'] },
  {
    name: 'dashboard-rename',
    path: '/dashboard?board=$board',
    act: fromMenu(said('Rename or share…')),
    states: ['demo'],
  },
  {
    name: 'dashboard-delete',
    path: '/dashboard?board=$board',
    act: fromMenu(said('Delete this dashboard')),
    states: ['demo'],
  },
  { name: 'dashboard-new', path: '/dashboard', act: fromMenu(said('New dashboard…')), states: ['demo'] },
  { name: 'dashboard-targets', path: '/dashboard', act: fromMenu(said('Targets…')) },
  {
    name: 'dashboard-target-new',
    path: '/dashboard',
    act: newTarget,
    submit: said('Add target'),
    states: ['demo', 'error'],
  },
  { name: 'dashboard-mailings', path: '/dashboard', act: fromMenu(said('Send by e-mail…')) },
  {
    name: 'dashboard-mailing-new',
    path: '/dashboard',
    act: newMailing,
    submit: said('Send by e-mail'),
    states: ['demo', 'error'],
  },
  { name: 'dashboard-rows-won', path: '/dashboard', act: openRows, states: ['demo'] },
  { name: 'deal-required', path: '/deals/$undecided', act: moveTo('Offer out'), refused: true, states: ['demo'] },
  { name: 'deal-required-wrong', path: '/deals/$undecided', act: sendEmpty, refused: true, states: ['demo'] },
  {
    name: 'deal-required-products',
    path: '/deals/$undecided',
    act: moveTo('Verbal yes'),
    refused: true,
    states: ['demo'],
  },
];

async function scrollDown(page: Page): Promise<void> {
  await page.locator('main section').last().scrollIntoViewIfNeeded();
}

async function openTileMenu(page: Page): Promise<void> {
  // Favourites have such buttons too.
  await page
    .getByRole('main')
    .getByRole('button', { name: beginningWith('More about {title}') })
    .first()
    .click();
  await page.getByRole('menu').waitFor();
}

async function editTile(page: Page): Promise<void> {
  await openTileMenu(page);
  await page.getByRole('menuitem', { name: said('Edit tile…') }).click();
  await page.getByRole('complementary', { name: said('Edit tile') }).waitFor();
}

async function newTile(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: said('Add tile') })
    .first()
    .click();
  await page.getByRole('complementary', { name: said('New tile') }).waitFor();
}

function fromMenu(name: string) {
  return async (page: Page) => {
    await page.getByRole('button', { name: said('Dashboards') }).click();
    await page.getByRole('menuitem', { name }).click();
    await page.getByRole('dialog').or(page.getByRole('alertdialog')).first().waitFor();
  };
}

async function newTarget(page: Page): Promise<void> {
  await fromMenu(said('Targets…'))(page);
  await page.getByRole('button', { name: said('New target') }).click();
}

async function newMailing(page: Page): Promise<void> {
  await fromMenu(said('Send by e-mail…'))(page);
  await page.getByRole('button', { name: said('Add a person') }).click();
}

async function openRows(page: Page): Promise<void> {
  await page
    .getByRole('region', { name: said('Won value'), exact: true })
    .getByRole('link')
    .first()
    .click();
  await page.getByRole('table').waitFor();
}

function moveTo(stage: string) {
  return async (page: Page) => {
    await page
      .getByRole('list', { name: said('Stages') })
      .getByRole('button', { name: stage })
      .click();
    await page.getByRole('dialog').waitFor();
  };
}

async function sendEmpty(page: Page): Promise<void> {
  await moveTo('Offer out')(page);
  await page.getByRole('button', { name: said('Save and move') }).click();
}
