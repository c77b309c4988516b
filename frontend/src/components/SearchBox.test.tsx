import { screen, waitFor } from "@testing-library/react";
import { Link } from "react-router";
import { expect, test } from "vitest";
import { renderPage } from "@/testing/render";
import { SearchBox } from "./SearchBox";

test("what is typed stands in the address once typing pauses, and nothing typed meanwhile is taken back", async () => {
  const { user } = renderPage(<SearchBox label="Find" />);
  const box = screen.getByLabelText("Find");
  await user.type(box, "fi");
  await waitFor(() => expect(location.search).toBe("?q=fi"));
  await user.type(box, "re");
  await waitFor(() => expect(location.search).toBe("?q=fire"));
  expect(box).toHaveValue("fire");
});

test("an address that comes from elsewhere shows in the box, and an emptied box leaves the address", async () => {
  const { user } = renderPage(
    <>
      <SearchBox label="Find" />
      <Link to="?q=flood">Floods</Link>
    </>,
  );
  const box = screen.getByLabelText("Find");
  await user.type(box, "fire");
  await user.click(screen.getByText("Floods"));
  await waitFor(() => expect(box).toHaveValue("flood"));
  await user.clear(box);
  await waitFor(() => expect(location.search).toBe(""));
});
