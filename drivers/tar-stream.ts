/**
 * The package `tar-stream`, for those who load it when they need it. They import this file and not the package: it is CommonJS, and of a
 * CommonJS package that is loaded late a bundle has only the default export.
 */
export { extract, pack } from 'tar-stream';
