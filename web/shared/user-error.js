// @ts-check
/** An error whose message is a sentence for the visitor. */
export class UserError extends Error {}
