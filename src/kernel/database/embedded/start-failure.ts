/** Why the embedded PostgreSQL cannot run here, and what to do: for the reader, without a stack. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}
