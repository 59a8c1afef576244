print("metamob")
