/** Why the program cannot start on this machine or this database, and what to do: for the reader, without a stack. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}
