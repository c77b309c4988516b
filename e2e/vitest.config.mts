// Stories in a real browser on the embedded host, or on the one at MUSTER_E2E_ADDRESS. Run by `make e2e` with the front end's own packages, so this file
// imports none.
const packages = new URL("../frontend/node_modules/", import.meta.url).pathname;

export default {
  root: import.meta.dirname,
  resolve: {
    alias: {
      "playwright-core": `${packages}playwright-core/index.mjs`,
      "axe-core": `${packages}axe-core/axe.js`,
      vitest: `${packages}vitest/dist/index.js`,
    },
  },
  test: {
    include: ["stories/*.story.ts"],
    globalSetup: ["support/host.ts"],
    testTimeout: 90_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    sequence: { concurrent: false },
    retry: 0,
  },
};
