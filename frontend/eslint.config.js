// @ts-check
import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const wall = (/** @type {{ group: string[], message: string }[]} */ patterns) => ({
  "no-restricted-imports": ["error", { patterns }],
});

const noApp = {
  group: ["@/app", "@/app/*"],
  message: "The app is built from features, never the other way round. Take what you need as a prop or put it in a shared folder.",
};

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  jsxA11y.flatConfigs.strict,
  reactHooks.configs.flat["recommended-latest"],
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      eqeqeq: "error",
      // A dialog or a sign-in page that opens puts the cursor where the typing starts; DOM elements are still checked.
      "jsx-a11y/no-autofocus": ["error", { ignoreNonDOM: true }],
      // Handlers such as `onClick={async () => …}` are safe: failures reach the user through the mutation's error state.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  // The walls: shared → features → app. Each message says why.
  {
    files: ["src/features/**"],
    rules: wall([
      noApp,
      {
        group: ["@/features/*"],
        message: "Features do not import each other, so that one can be changed without reading the others. Compose them in src/app, or import your own by a relative path.",
      },
      { group: ["../../../*", "../../*/../*"], message: "Do not climb out of the feature; use the @/ alias for shared code." },
    ]),
  },
  {
    files: ["src/{api,auth,components,i18n,lib,live,map,offline}/**"],
    rules: wall([
      noApp,
      { group: ["@/features/*"], message: "Shared code knows no feature. Let the feature register itself, or pass it in." },
    ]),
  },
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked], languageOptions: { globals: { document: "readonly", localStorage: "readonly", matchMedia: "readonly", self: "readonly", caches: "readonly", fetch: "readonly", URL: "readonly" } } },
);
