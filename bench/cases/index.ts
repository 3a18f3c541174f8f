import type { Case } from '../bench.ts';
import { r01 } from './r01-list.ts';
import { r02 } from './r02-record.ts';
import { r03 } from './r03-write.ts';
import { r04 } from './r04-search.ts';
import { r09 } from './r09-jobs.ts';
import { r10 } from './r10-realtime.ts';

export const cases: readonly Case[] = [r01, r02, r03, r04, r09, r10];
