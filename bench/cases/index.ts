import type { Case } from '../bench.ts';
import { r01 } from './r01-list.ts';
import { r03 } from './r03-write.ts';

export const cases: readonly Case[] = [r01, r03];
