/**
 * Header of a request from a page: the id of the person the page is shown to. With the cookie of another person the answer is
 * 401 `another-person` and nothing is done. Beside no codec: the page loads this.
 */
export const FOR_PERSON = 'for-person';
