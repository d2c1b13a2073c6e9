import { expect, test } from "../support/desk";

test("the words of an opt-out are a setting: a new one, kept with one key, stops active messages", async ({
  signedIn,
  simulator,
}) => {
  const owner = await signedIn("owner", "/settings/active-messages");
  const field = owner.getByLabel("Agregar a Palabras de baja, Español");
  await expect(owner.getByText("BAJA", { exact: true })).toBeVisible();
  await field.fill("chau promos");
  await field.press("Enter");
  await expect(owner.getByText("1 cambio")).toBeVisible();
  await owner.keyboard.press("Control+s");
  await expect(owner.getByText("Cambios guardados")).toBeVisible();
  const person = await simulator.person("Paz Ríos", "5531985550931");
  await simulator.says(person, "Ventas", "Chau promos!");
  await owner.goto("/contacts");
  await owner.getByRole("link", { name: "Paz Ríos", exact: true }).click({ timeout: 15_000 });
  await expect(owner.getByRole("heading", { name: "Paz Ríos" })).toBeVisible();
  await expect(async () => {
    await owner.reload();
    await expect(owner.getByRole("list", { name: "Cambios de consentimiento" })).toContainText("escribió «Chau promos!»", {
      timeout: 2_000,
    });
  }).toPass({ timeout: 20_000 });
});

test("a list without a word that stops is refused where it stands, and nothing is kept", async ({ signedIn }) => {
  const owner = await signedIn("owner", "/settings/active-messages");
  await expect(owner.getByText("BAJA", { exact: true })).toBeVisible();
  const stop = owner.locator("section", { has: owner.getByRole("heading", { name: "Palabras de baja" }) });
  const cross = stop.getByRole("button", { name: /^Quitar/ });
  while ((await cross.count()) > 0) await cross.first().click();
  await owner.keyboard.press("Control+s");
  await expect(stop.getByRole("alert")).toBeVisible();
  await owner.getByRole("button", { name: "Descartar" }).click();
  await expect(owner.getByText("BAJA", { exact: true })).toBeVisible();
});

test("how many people one active message may reach is kept with the same key, and refused beyond what is possible", async ({
  signedIn,
}) => {
  const owner = await signedIn("owner", "/settings/attention");
  const people = owner.getByLabel("Personas por mensaje activo");
  await expect(people).toHaveValue("15");
  await people.fill("201");
  await owner.keyboard.press("Control+s");
  await expect(owner.getByText("Un agente puede escribir a entre 1 y 200 personas a la vez.")).toBeVisible();
  await people.fill("20");
  await owner.keyboard.press("Control+s");
  await expect(owner.getByText("Cambios guardados")).toBeVisible();
  await owner.reload();
  await expect(people).toHaveValue("20");
  await people.fill("15");
  await owner.keyboard.press("Control+s");
  await expect(owner.getByText("Cambios guardados")).toBeVisible();
});

test("a profile that only views sees the settings, disabled, and why", async ({ signedIn }) => {
  const page = await signedIn("owner");
  await page.route("**/api/v1/session", async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    body.permissions.areas.settings = "view";
    await route.fulfill({ response: answer, json: body });
  });
  await page.goto("/settings/active-messages");
  await expect(page.getByRole("note")).toHaveText("Tu perfil puede ver esta página, no cambiarla.");
  const fields = page.getByRole("main").locator("input, select, textarea");
  await expect(fields.first()).toBeVisible();
  for (const field of await fields.all()) await expect(field).toBeDisabled();
});
