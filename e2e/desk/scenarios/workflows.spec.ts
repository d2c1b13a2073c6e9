import { expect, test } from "../support/desk";
import { violations } from "../support/screens";

test("workflow assigning: made from a recipe, it assigns what the handset writes, and its log says so", async ({
  signedIn,
  simulator,
  handset,
}) => {
  const owner = await signedIn("owner", "/workflows");
  await expect(owner.getByRole("heading", { name: "Automatizaciones" })).toBeVisible();
  await owner.keyboard.press("n");
  const dialog = owner.getByRole("dialog", { name: "Nueva automatización" });
  await dialog.getByRole("textbox", { name: "Nombre de la automatización" }).fill("Reparto de pruebas");
  await dialog.getByRole("button", { name: "Crear automatización" }).click();
  await expect(owner.getByRole("heading", { name: "Reparto de pruebas" })).toBeVisible();

  // What is missing is said at its step, and keeps it from being switched on.
  const assign = owner.getByRole("region", { name: "1. Asigna" });
  await expect(assign.getByText("Aquí todavía no se ha elegido nada.")).toBeVisible();
  await owner.getByRole("button", { name: "Activar" }).click();
  await expect(owner.getByRole("alert").filter({ hasText: "Hay algo que corregir" })).toBeVisible();
  await assign.getByRole("combobox", { name: "A quién" }).selectOption("agent");
  await assign.getByRole("combobox", { name: "Agente" }).selectOption({ index: 1 });
  const agent = await assign.getByRole("combobox", { name: "Agente" }).locator("option:checked").innerText();

  // A condition of its own, so that nobody else's tickets are touched.
  await owner.getByRole("button", { name: "Agregar condición" }).click();
  await owner.getByRole("menuitem", { name: "Lo que escribió el cliente" }).click();
  await owner.getByRole("textbox", { name: "Palabras" }).fill("reparto tres mil uno");

  // An address that may not be asked is refused in words, at its field.
  await owner.getByRole("button", { name: "Agregar paso" }).click();
  await owner.getByRole("menuitem", { name: "Avisa a otro sistema" }).click();
  const webhook = owner.getByRole("region", { name: "2. Avisa a otro sistema" });
  await webhook.getByRole("textbox", { name: "Dirección" }).fill("ftp://10.0.0.1/x");
  await expect(webhook.getByText("Escribe la dirección, que empieza con https.")).toBeVisible();
  await webhook.getByRole("textbox", { name: "Dirección" }).fill("http://127.0.0.1:1/x");
  await expect(webhook.getByText("Escribe la dirección, que empieza con https.")).toHaveCount(0);

  // A header of its own: what may not be sent is said, and a secret is not shown again.
  await webhook.getByRole("button", { name: "Agregar cabecera" }).click();
  await webhook.getByRole("textbox", { name: "Cabecera 1", exact: true }).fill("Host");
  await expect(webhook.getByText("Recado escribe «Host» por su cuenta")).toBeVisible();
  await webhook.getByRole("textbox", { name: "Cabecera 1", exact: true }).fill("Authorization");
  await webhook.getByRole("textbox", { name: "Valor de la cabecera 1" }).fill("Bearer muy-secreta");
  await owner.keyboard.press("Control+s");
  await expect(webhook.getByText(/^Sellado desde .* por Olga Prado/)).toBeVisible();
  await owner.reload();
  await expect(webhook.getByRole("textbox", { name: "Valor de la cabecera 1" })).toHaveValue("");
  await webhook.getByRole("textbox", { name: "Dirección" }).fill("http://127.0.0.1:2/x");
  await expect(webhook.getByText("El valor se guardó para otra cabecera o dirección. Escríbelo de nuevo.")).toBeVisible();

  await webhook.getByRole("button", { name: "Guardar parte de la respuesta" }).click();
  await webhook.getByRole("textbox", { name: "Parte de la respuesta 1" }).fill("pedido.estado");
  await expect(webhook.getByText("Di con qué nombre se guarda.")).toBeVisible();
  await webhook.getByRole("textbox", { name: "Se guarda como" }).fill("Pedido");
  await expect(webhook.getByText("Di con qué nombre se guarda.")).toHaveCount(0);

  // A wait that counts the hours of the number.
  await owner.getByRole("button", { name: "Agregar paso" }).click();
  await owner.getByRole("menuitem", { name: "Espera", exact: true }).click();
  const wait = owner.getByRole("region", { name: "3. Espera" });
  await wait.getByRole("combobox", { name: "Cuánto espera" }).selectOption("hours");
  await wait.getByRole("spinbutton", { name: "Minutos" }).fill("0");
  await expect(wait.getByText(/^Elige de 1 a/)).toBeVisible();
  await wait.getByRole("combobox", { name: "Cuánto espera" }).selectOption("open");
  await expect(wait.getByText(/^Elige de 1 a/)).toHaveCount(0);
  await owner.getByRole("button", { name: "Eliminar el paso 3" }).click();
  await webhook.getByRole("heading").focus();
  await owner.keyboard.press("Alt+ArrowUp");
  await expect(owner.getByRole("region", { name: "1. Avisa a otro sistema" })).toBeVisible();
  await owner.getByRole("button", { name: "Eliminar el paso 1" }).click();

  await owner.getByRole("button", { name: "Activar" }).click();
  await expect(owner.getByText("Activa", { exact: true })).toBeVisible();
  expect(await violations(owner, "light")).toEqual([]);
  expect(await violations(owner, "dark")).toEqual([]);

  const person = await simulator.person("Renata Reparto", "5531985553001");
  await simulator.says(person, "Soporte", "Reparto tres mil uno, por favor");
  const hers = await handset(person);
  await hers.open();
  await expect(hers.messages).toContainText("Reparto tres mil uno");

  await expect(async () => {
    await owner.getByRole("button", { name: "Registro" }).click();
    const log = owner.getByRole("dialog", { name: "Registro" });
    try {
      await expect(log.getByRole("link", { name: "Renata Reparto" })).toBeVisible({ timeout: 2_000 });
      await expect(log).toContainText(`Asigna: hecho: ${agent}`);
    } finally {
      await owner.keyboard.press("Escape");
    }
  }).toPass({ timeout: 30_000 });

  // Tried with that conversation it says what each condition saw, and changes nothing.
  await owner.getByRole("button", { name: "Probar" }).click();
  const trying = owner.getByRole("dialog", { name: "Probar" });
  await trying.getByRole("searchbox", { name: "Conversación" }).fill("Renata");
  await trying
    .getByRole("button", { name: /Renata Reparto/ })
    .first()
    .click();
  const trial = trying.getByRole("region", { name: "Resultado de la prueba" });
  await expect(trial).toContainText("Se cumple: Lo que escribió el cliente (“Reparto tres mil uno, por favor”)");
  await expect(trial).toContainText("Asigna: ya estaba así");
  expect(await violations(owner, "light")).toEqual([]);
  await owner.keyboard.press("Escape");

  await owner.goto("/workflows");
  const row = owner.getByRole("listitem").filter({ hasText: "Reparto de pruebas" });
  await expect(row).toContainText("Cuando se abre un ticket");
  await expect(row).toContainText("1 ejecución hoy");
  await owner.setViewportSize({ width: 390, height: 844 });
  await row.getByRole("checkbox", { name: "Reparto de pruebas: activa" }).uncheck();
  await expect(row.getByText("Apagada")).toBeVisible();
  await owner.setViewportSize({ width: 1440, height: 900 });

  await row.getByRole("link", { name: "Reparto de pruebas" }).click();
  await owner.getByRole("button", { name: "Eliminar automatización" }).click();
  await owner.getByRole("dialog").getByRole("button", { name: "Eliminar automatización" }).click();
  await expect(owner).toHaveURL(/\/workflows$/);
});
