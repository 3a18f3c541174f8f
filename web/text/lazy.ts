/** The parts of the page that come later, each with all words there, which it may say while it is read. */
import { lazyRouteComponent } from '@tanstack/react-router';
import { lazy } from 'react';
import { allWords } from './text.ts';

export const afterWords =
  <Module>(load: () => Promise<Module>) =>
  (): Promise<Module> =>
    allWords().then(load);

export const lazyPart: typeof lazy = (load) => lazy(afterWords(load));
export const lazyPage: typeof lazyRouteComponent = (load, name) => lazyRouteComponent(afterWords(load), name);
