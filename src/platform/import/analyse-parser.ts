import { type AnalysisInput, analyse } from './analyse.ts';

export const parse = ({ files, targets, saved }: AnalysisInput) => analyse(files, targets, saved);
