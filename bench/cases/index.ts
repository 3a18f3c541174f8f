import type { Case } from '../bench.ts';
import { r01 } from './r01-list.ts';
import { r02 } from './r02-record.ts';
import { r03 } from './r03-write.ts';
import { r04 } from './r04-search.ts';
import { r05 } from './r05-import.ts';
import { r06 } from './r06-export.ts';
import { r07 } from './r07-start.ts';
import { r08 } from './r08-footprint.ts';
import { r09 } from './r09-jobs.ts';
import { r10 } from './r10-realtime.ts';
import { r11 } from './r11-page.ts';
import { r12People } from './r12-people.ts';
import { r12 } from './r12-sealed.ts';
import { r14 } from './r14-adviser.ts';
import { r15 } from './r15-logs.ts';
import { r16 } from './r16-backup.ts';
import { r17 } from './r17-dashboard.ts';
import { r18 } from './r18-cache.ts';
import { r19 } from './r19-neighbours.ts';
import { r20 } from './r20-feed.ts';
import { r22 } from './r22-transactions.ts';
import { r23 } from './r23-household.ts';
import { r24 } from './r24-mail.ts';
import { r25 } from './r25-meaning.ts';

/**
 * In the order in which they run. The import doubles the data; the memory case comes after those that it reports on;
 * and the exports that the neighbours case starts run for minutes, so it is last. Before it come those that want
 * millions of rows of an advisory firm.
 */
export const cases: readonly Case[] = [
  r01,
  r02,
  r03,
  r04,
  r06,
  r09,
  r10,
  r11,
  r12,
  r15,
  r16,
  r17,
  r18,
  r20,
  r25,
  r07,
  r05,
  r08,
  r14,
  r23,
  r22,
  r24,
  r19,
  r12People,
];
