/** Every operation of the API, generated from its OpenAPI document by `make api-types`. */
export type { paths } from "./schema";
