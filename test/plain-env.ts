/** The environment for a test runner that a test starts: without what the runner of this test tells its children. */
export const plainEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(TAP|NODE_TEST|NODE_OPTIONS)/.test(name)),
)
