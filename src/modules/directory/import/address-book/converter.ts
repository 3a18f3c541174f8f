import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import { UnreadableFile } from '../../../../platform/import/table/index.ts';
import { bookAsCsv, type FoundBook } from './convert.ts';

export async function* convert(found: FoundBook, source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  try {
    yield* bookAsCsv(source, found);
  } catch (error) {
    throw error instanceof UnreadableFile ? new ParseError(error.problem.code, error.problem.message) : error;
  }
}
