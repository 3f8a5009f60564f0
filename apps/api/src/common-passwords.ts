/**
 * Where the shipped list of common passwords lies: of the million most used ones (SecLists, "10 million password list", licence in
 * access/README) those that are long enough to be chosen here, in small letters, one a line. It stands beside the program because
 * the build makes one file of the server.
 */
export const COMMON_PASSWORDS = new URL('../common-passwords.txt.gz', import.meta.url);
