import { readPart } from './parse.ts';

export const parse = ({ raw, part }: { raw: Uint8Array; part: number }) => readPart(raw, part);
