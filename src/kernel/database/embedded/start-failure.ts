/** Why the program cannot start on this machine or database, and what to do. Shown without a stack trace. */
export class StartFailure extends Error {
  override readonly name: string = 'StartFailure';
}

/** The database has no room to start in. */
export class DiskFull extends StartFailure {
  override readonly name = 'DiskFull';
}

/** The database runs and lets nobody in: to start it again does not help. */
export class RefusesAll extends StartFailure {
  override readonly name = 'RefusesAll';
}
