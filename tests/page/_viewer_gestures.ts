import assert from "node:assert/strict";
import type { Page } from "playwright-core";

/** What a canvas shows: a hash of its pixels, and the mean and the spread of their greys. */
interface Shown {
  hash: string;
  mean: number;
  spread: number;
}

/** Tries what a person does with an image: keys, dragging, wheel, buttons. An example with a bounding box is shown. */
export async function tryViewer(page: Page): Promise<void> {
  const canvas = page.locator(".canvas");
  const press = async (key: string) => {
    await page.keyboard.press(key);
    return await shownBy(page);
  };
  const drag = async (dx: number, dy: number) => {
    const { x, y, width, height } = (await canvas.boundingBox())!;
    const [fromX, fromY] = [x + width / 2, y + height / 2];
    await page.mouse.move(fromX, fromY);
    await page.mouse.down();
    await page.mouse.move(fromX + dx, fromY + dy, { steps: 3 });
    await page.mouse.up();
    return await shownBy(page);
  };
  const pressed = (name: string) =>
    page.getByRole("button", { name, exact: true }).getAttribute("aria-pressed");
  const corner = async (which: string) => await page.locator(`.corner.${which}`).textContent();
  await canvas.focus();
  const heated = await shownBy(page);
  assert.match(String(await corner("heat")), /^heat map of .* by Grad-CAM$/);
  assert.equal(await corner("window"), "W 100 %, L 50 %");

  const boxed = await press("h");
  assert.notEqual(boxed.hash, heated.hash);
  assert.equal(await corner("heat"), "");
  assert(!(await canvas.getAttribute("aria-label"))!.includes("heat map"));
  const plain = await press("b");
  assert.notEqual(plain.hash, boxed.hash, "the bounding box is drawn");
  assert.equal(await pressed("Bounding boxes"), "false");

  const inverted = await press("i");
  assert.equal(await pressed("Invert"), "true");
  assert(Math.abs(plain.mean + inverted.mean - 255) < 3, `${plain.mean} and ${inverted.mean}`);
  assert.equal((await press("i")).hash, plain.hash);

  const narrow = await drag(-80, 0);
  assert(narrow.spread > plain.spread + 5, "a narrower window has more contrast");
  const [, width] = String(await corner("window")).match(/^W (\d+) %, L 50 %$/)!;
  assert(Number(width) < 95, String(width));
  const dark = await drag(0, 60);
  assert(dark.mean < narrow.mean - 5, "a higher level is darker");
  assert.equal((await press("0")).hash, plain.hash);

  const larger = await press("+");
  assert.notEqual(larger.hash, plain.hash);
  assert.match(String(await corner("window")), / 1\.3 ×$/);
  await press("p");
  assert.equal(await pressed("Pan"), "true");
  const moved = await drag(30, 20);
  assert.notEqual(moved.hash, larger.hash);
  assert(Math.abs(moved.spread - larger.spread) < 5, "moving leaves the window");
  await canvas.dblclick();
  assert.equal((await shownBy(page)).hash, plain.hash);
  await canvas.hover();
  await page.mouse.wheel(0, -100);
  assert.notEqual((await shownBy(page)).hash, plain.hash);
  await press("w");
  assert.equal((await press("0")).hash, plain.hash);

  // The opacity's slider switches the heat map on: without any, the image is as it was.
  await page.locator("#opacity").fill("0");
  assert.equal(await pressed("Heat map"), "true");
  assert.equal((await shownBy(page)).hash, plain.hash);
  await page.locator("#opacity").fill("65");
  await canvas.focus();
  assert.equal((await press("b")).hash, heated.hash);

  await press("m");
  assert.match((await canvas.getAttribute("aria-label"))!, /by Grad-CAM\+\+$/);
  await press("m");
  assert.match((await canvas.getAttribute("aria-label"))!, /by Grad-CAM$/);
  await press("f");
  assert(await page.evaluate("document.fullscreenElement !== null"), "full screen");
  await press("f");
  assert(
    await page.evaluate("document.exitFullscreen().then(() => false, () => true)"),
    "left by the same key",
  );
}

/** Tries the table of all images, of which there are two at least, and the keys that step through them. */
export async function tryTable(page: Page): Promise<void> {
  const name = page.locator(".image-name");
  const first = (await name.textContent())!;
  await page.locator(".canvas").focus();
  await page.keyboard.press("ArrowRight");
  await name.filter({ hasNotText: first }).waitFor();
  await page.keyboard.press("ArrowLeft");
  await name.filter({ hasText: first }).waitFor();
  await page.getByRole("tab", { name: "All images" }).click();
  const names = () => page.getByRole("tabpanel").getByRole("rowheader").allTextContents();
  const sort = page.getByRole("columnheader", { name: /^Image\b/ }).getByRole("button");
  await sort.click();
  const rising = await names();
  assert.deepEqual(rising, [...rising].sort((a, b) => a.localeCompare(b, "en", { numeric: true })));
  await sort.press("Enter"); // by the keyboard
  const falling = await names();
  assert.deepEqual(falling, rising.toReversed(), `${rising} and ${falling}`);
  await page.getByRole("tab", { name: "Findings" }).click();
}

/** Makes sure that the page fits a phone's width, and follows the system to dark and to light. */
export async function tryScreens(page: Page): Promise<void> {
  const size = page.viewportSize()!;
  await page.setViewportSize({ width: 390, height: 844 });
  assert.deepEqual(await page.evaluate(WIDER_THAN_THE_SCREEN), [], "no scrolling to the side");
  await page.setViewportSize(size);
  const grounds: number[] = [];
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    const colour = await page.evaluate("getComputedStyle(document.body).backgroundColor") as string;
    grounds.push(Math.max(...colour.match(/\d+/g)!.slice(0, 3).map(Number)));
  }
  assert(grounds[0]! < 80 && grounds[1]! > 200, `grounds ${grounds}`);
  await page.emulateMedia({ colorScheme: null });
}

/** The elements that make a page scroll to the side, those that scroll by themselves left out. */
const WIDER_THAN_THE_SCREEN = `document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.tagName + "." + one.className + " " + one.getBoundingClientRect().right)`;

/** What the canvas shows once it is drawn. */
async function shownBy(page: Page): Promise<Shown> {
  return await page.evaluate(`(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    const canvas = document.querySelector(".canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const greys = [];
    // Beside the image nothing is drawn.
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) greys.push((data[i] + data[i + 1] + data[i + 2]) / 3);
    const mean = greys.reduce((sum, grey) => sum + grey, 0) / greys.length;
    const spread = Math.sqrt(greys.reduce((sum, grey) => sum + (grey - mean) ** 2, 0) / greys.length);
    const digest = await crypto.subtle.digest("SHA-256", data);
    return { hash: new Uint8Array(digest).join(), mean, spread };
  })()`) as Shown;
}
