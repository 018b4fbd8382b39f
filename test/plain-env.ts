/**
 * The environment for a test runner that a test starts: without what the runner of this test tells its children, and without
 * coverage, as vitest runs our files in another form, whose lines are not ours.
 */
export const plainEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(TAP|NODE_TEST|NODE_OPTIONS|NODE_V8_COVERAGE)/.test(name)),
)
