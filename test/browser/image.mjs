export async function imageInBrowser() {}
