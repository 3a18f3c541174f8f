import { readParts } from './parse.ts';

export const parse = ({ raw, parts }: { raw: Uint8Array; parts: readonly number[] }) => readParts(raw, parts);
