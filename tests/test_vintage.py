def test_a_row_names_all_its_sources(india):
    line = india.figure("trade", "FY25", flow="import", reporter="IND", partner="CHN", hs="85051190", measure="weight")
    assert line.sources == {"S05", "S05b"}
