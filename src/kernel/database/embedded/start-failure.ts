/** Why the program cannot start on this machine or database, and what to do. Shown without a stack trace. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}
