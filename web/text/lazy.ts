/**
 * The parts of the page that come later, each with all words there, which it may say while it is read, and the
 * definitions of record types.
 */
import { lazyRouteComponent } from '@tanstack/react-router';
import { lazy } from 'react';
import { allWords } from './text.ts';

let loadOthers: () => Promise<unknown> = () => Promise.resolve();

/** Names what else has to be there before such a part is drawn: it is fetched with each. */
export const alsoLoad = (load: () => Promise<unknown>): void => {
  loadOthers = load;
};

export const afterWords =
  <Module>(load: () => Promise<Module>) =>
  async (): Promise<Module> => {
    await allWords();
    const [module] = await Promise.all([load(), loadOthers()]);
    return module;
  };

export const lazyPart: typeof lazy = (load) => lazy(afterWords(load));
export const lazyPage: typeof lazyRouteComponent = (load, name) => lazyRouteComponent(afterWords(load), name);
